import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-package-'))
const packed = join(folder, 'package')
const consumer = join(folder, 'consumer')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string
  version: string
  exports: Record<string, unknown>
}

/** What each entry must offer at run time; types are checked by `consumer.ts`. */
const names: Readonly<Record<string, readonly string[]>> = {
  '.': ['Studio', 'StudioError', 'defineAgent', 'defineProject', 'defineTool', 'memoryStores'],
  './node': ['serve', 'toNodeHandler'],
  './pg-boss': ['pgBossDispatcher'],
  './postgres': ['postgresDatabase', 'postgresStores', 'databaseModels', 'sqlMigrations'],
  './testing': ['scriptedModel', 'fixedClock'],
  './testing/contracts': ['storesContract', 'dispatcherContract'],
  './zod': ['zodModels'],
}

let files: string[] = []

/** Builds and packs in a folder of its own, then installs the tarball into an empty project. */
beforeAll(async () => {
  mkdirSync(packed)
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    cpSync(join(root, file), join(packed, file))
  }
  await run(process.execPath, [join(root, 'scripts/build.mjs'), join(packed, 'dist')])
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: packed })
  const [tarball] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  files = tarball?.files.map(({ path }) => path) ?? []

  mkdirSync(consumer)
  writeFileSync(join(consumer, 'package.json'), '{"type": "module", "private": true}')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quiet, join(packed, tarball?.filename ?? '')], { cwd: consumer })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('holds what is built and what is to be read, and nothing else', () => {
    const odd = files.filter((path) => !/^dist\/.+\.(js|d\.ts)$/.test(path))
    expect(odd.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
    expect(files).toContain('dist/index.js')
  })

  it('is without fault in the eyes of publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: packed, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })
})

describe('installed from its tarball', () => {
  const importAll = `
    const entries = JSON.parse(process.argv[1])
    for (const [entry, specifier] of Object.entries(entries)) {
      entries[entry] = Object.keys(await import(specifier))
    }
    console.log(JSON.stringify(entries))`

  it('every entry can be imported, and offers its names', async () => {
    const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
    expect(entries.sort()).toEqual(Object.keys(names).sort())
    const specifiers = Object.fromEntries(
      entries.map((entry) => [entry, manifest.name + entry.slice(1)]),
    )
    const script = ['--input-type=module', '--eval', importAll, JSON.stringify(specifiers)]
    const { stdout, stderr } = await run(process.execPath, script, { cwd: consumer })
    const offered = JSON.parse(stdout) as Record<string, string[]>
    const missing = Object.entries(names).flatMap(([entry, wanted]) =>
      wanted.filter((name) => !offered[entry]?.includes(name)).map((name) => `${entry}: ${name}`),
    )
    expect(missing).toEqual([])
    expect(stderr).toBe('')
  })

  it('its program runs', async () => {
    const program = join(consumer, 'node_modules/.bin/fetch-studio')
    expect((await run(program, ['--version'])).stdout).toBe(`${manifest.version}\n`)
    const refused: unknown = await run(program, ['fly']).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown command') })
  })

  it('its types hold under strict checks of everything, dependencies included', async () => {
    mkdirSync(join(consumer, 'node_modules/@types'), { recursive: true })
    for (const types of ['@types/node', 'undici-types']) {
      symlinkSync(join(root, 'node_modules', types), join(consumer, 'node_modules', types))
    }
    cpSync(join(root, 'examples/hello/studio.ts'), join(consumer, 'studio.ts'))
    cpSync(join(root, 'examples/hello/node.ts'), join(consumer, 'node.ts'))
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: ['node'],
      allowImportingTsExtensions: true,
      skipLibCheck: false,
    }
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', consumer]).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
  }, 60_000)
})
