import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
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
import { installPackages, packLibrary } from './support/packed-package.ts'

const root = resolve(import.meta.dirname, '..')
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-package-'))
const consumer = join(folder, 'consumer')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string
  version: string
  files: string[]
  exports: Record<string, unknown>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional: boolean }>
}

/** What each entry must offer at run time; types are checked by `consumer.ts`. */
const names: Readonly<Record<string, readonly string[]>> = {
  '.': ['Studio', 'StudioError', 'defineAgent', 'defineProject', 'defineTool', 'memoryStores'],
  './blobs': ['blobStores', 's3Blobs'],
  './client': ['createStudioClient', 'StudioClientError'],
  './console': ['consoleAssets'],
  './host/ai-sdk': ['hostAgent'],
  './host/langgraph': ['hostAgent'],
  './host/mastra': ['hostAgent'],
  './host/openai-agents': ['hostAgent'],
  './node': ['fileBlobs', 'serve', 'toNodeHandler'],
  './pg-boss': ['pgBossDispatcher'],
  './postgres': ['postgresDatabase', 'postgresStores', 'databaseModels', 'sqlMigrations'],
  './protocols': ['a2a', 'agUi', 'aiSdkUi', 'openai'],
  './react': ['useApprovals', 'useRun', 'useSession'],
  './telemetry': ['telemetry'],
  './testing': ['scriptedModel', 'fixedClock', 'memoryBlobs'],
  './testing/contracts': ['storesContract', 'dispatcherContract'],
  './webhooks': ['webhooks'],
  './zod': ['zodModels'],
}

let files: readonly string[] = []
let tarball = ''
let packed = ''

beforeAll(async () => {
  ;({ files, tarball, folder: packed } = await packLibrary())
  await installPackages(consumer, [tarball])
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('contains the build, the documentation, the examples and nothing else', () => {
    const odd = files.filter((path) => !/^(dist\/.+\.(js|d\.ts)|docs\/.+|examples\/.+)$/.test(path))
    expect(odd.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
    expect(files).toContain('dist/index.js')
  })

  it('contains every file that its documentation links to', () => {
    const pages = files.filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md')
    const broken = pages.flatMap((page) =>
      [...readFileSync(join(packed, page), 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => join(page, '..', target).replace(/\/$/, ''))
        .filter((target) => /^(docs|examples)(\/|$)/.test(target) && !target.endsWith('.png')) // others are read on the website
        .filter((target) => !files.some((path) => path === target || path.startsWith(`${target}/`)))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('passes publint in strict mode', async () => {
    const { messages, pkg } = await publint({ pkgDir: packed, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  it('has types that attw resolves from every entry of an ES module project', async () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const check = run(process.execPath, [attw, tarball, '--profile', 'esm-only'])
    await expect(check).resolves.toBeDefined() // it exits with 1 when it finds a problem
  }, 60_000)

  it('declares the packages that it loads from the project of its user as optional peers', () => {
    const { peerDependencies, peerDependenciesMeta } = manifest
    expect(Object.keys(peerDependencies).sort()).toEqual(Object.keys(peerDependenciesMeta).sort())
    expect(Object.values(peerDependenciesMeta).every(({ optional }) => optional)).toBe(true)
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
    // the peer of ./react, which the project of its user has
    symlinkSync(join(root, 'node_modules/react'), join(consumer, 'node_modules/react'))
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

  describe.each([
    { module: 'node16', moduleResolution: 'node16' },
    { module: 'preserve', moduleResolution: 'bundler' },
  ])('a consumer project with module $module', ({ module, moduleResolution }) => {
    const project = join(consumer, module)
    const out = join(project, 'out')

    it('compiles what it implements, in strict mode with skipLibCheck false', async () => {
      copyConsumer(project)
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        module,
        moduleResolution,
        target: 'es2023',
        lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
        types: ['node'],
        rewriteRelativeImportExtensions: true,
        outDir: out,
        rootDir: project,
      }
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const { stdout } = await run(process.execPath, [tsc, '-p', project]).catch(
        (error: { stdout: string }) => error,
      )
      expect(stdout).toBe('')
    }, 60_000)

    it('has a store and a dispatcher that keep the published contracts', async () => {
      const tests = ['json-store/contract.test.js', 'dispatcher.js'].map((path) => join(out, path))
      const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', ...tests])
      expect(stdout).toContain('# fail 0')
      expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(80)
    }, 60_000)
  })
})

/** Copies a user's project: the hello example, a store, a dispatcher and a source of migrations. */
function copyConsumer(project: string): void {
  const types = join(consumer, 'node_modules/@types')
  if (!existsSync(types)) {
    mkdirSync(types, { recursive: true })
    for (const name of ['@types/node', 'undici-types']) {
      symlinkSync(join(root, 'node_modules', name), join(consumer, 'node_modules', name))
    }
  }
  cpSync(join(root, 'test/consumer'), project, { recursive: true })
  cpSync(join(root, 'examples/json-store'), join(project, 'json-store'), { recursive: true })
  cpSync(join(root, 'examples/hello/studio.ts'), join(project, 'studio.ts'))
  cpSync(join(root, 'examples/hello/node.ts'), join(project, 'node.ts'))
}
