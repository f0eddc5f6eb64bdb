import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
mkdirSync(join(root, '.tools'), { recursive: true })
const folder = mkdtempSync(join(root, '.tools/bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Bytes that a runtime loads with the entry; modules loaded on demand are not counted. The list of names that may hold a
 * secret takes 6,000 of them: it redacts every error, so it cannot wait. The routes are values that describe themselves,
 * which takes 10,000; what they answer with, and the schemas of the answers, are loaded on demand. The option `workspace` takes 60.
 */
const budget = 55_800

/** Bundles one entry for the web: zod stays external, everything else is included. */
async function bundle(entry: string) {
  const { metafile } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['worker', 'browser'],
    external: ['zod', 'zod/*', 'node:*', 'postgres', 'react'],
    metafile: true,
    splitting: true,
    absWorkingDir: root,
    outdir: join(folder, basename(entry, '.ts')),
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  })
  const outputs = Object.entries(metafile.outputs)
  const outside = outputs.flatMap(([, { imports }]) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  )
  const file = outputs.find(([, { entryPoint }]) => entryPoint === entry)?.[0] ?? ''
  const loaded = [file]
  for (const path of loaded) {
    const { imports = [] } = metafile.outputs[path] ?? {}
    const chunks = imports.filter(({ kind, external }) => kind === 'import-statement' && !external)
    loaded.push(...chunks.map((chunk) => chunk.path).filter((one) => !loaded.includes(one)))
  }
  return { file: join(root, file), loaded, outside: [...new Set(outside)] }
}

describe('the core entry', () => {
  it('the core entry keeps its budget, minified and gzipped, without zod', async () => {
    const { loaded } = await bundle('src/index.ts')
    const sizes = loaded.map((path) => gzipSync(readFileSync(join(root, path))).length)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeGreaterThan(1_000) // something was bundled
    expect(bytes).toBeLessThanOrEqual(budget)
  })

  it('the core entry imports only zod, and nothing of Node', async () => {
    const { outside } = await bundle('src/index.ts')
    expect(outside.filter((path) => !/^zod(\/|$)/.test(path))).toEqual([])
    expect(outside).not.toEqual([])
  })
})

describe('the client entry', () => {
  it('the client entry has at most 6 kB, minified and gzipped, and imports nothing', async () => {
    const { loaded, outside } = await bundle('src/client.ts')
    const bytes = loaded.map((path) => gzipSync(readFileSync(join(root, path))).length)
    expect(outside).toEqual([])
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(6_000)
  })
})

describe('the React entry', () => {
  it('the React entry has at most 3 kB, minified and gzipped, and imports React alone', async () => {
    const { loaded, outside } = await bundle('src/react.ts')
    const bytes = loaded.map((path) => gzipSync(readFileSync(join(root, path))).length)
    expect(outside).toEqual(['react'])
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(3_000)
  })
})

/** What each protocol adds, with what it loads on demand, in bytes: without zod and without what the core has. */
const protocolBudgets: readonly (readonly [name: string, budget: number])[] = [
  ['mcpAgents', 5_200],
  ['mcpTools', 5_300],
  ['a2a', 15_400],
  ['aiSdkUi', 10_500],
  ['openai', 16_000],
  ['agUi', 9_200],
]

/** Bundles what one function of the entry for protocols brings, and sums the modules of the protocols. */
async function protocolBytes(name: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${name} } from './src/protocols.ts'`, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['zod', 'zod/*', '@modelcontextprotocol/server'], // a dependency of the core's MCP server too
    plugins: [
      {
        name: 'core outside',
        setup({ onResolve }) {
          onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
            const isOutside = !join(resolveDir, path).startsWith(join(root, 'src/protocols'))
            return isOutside ? { path, external: true } : null
          })
        },
      },
    ],
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const inputs = Object.keys(metafile.inputs).filter((path) => path.includes('src/protocols/'))
  expect(inputs.length).toBeGreaterThan(5) // something was bundled
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)
}

describe('the protocols', () => {
  it.each(protocolBudgets)(
    '%s adds at most %i bytes, minified and gzipped',
    async (name, budget) => {
      expect(await protocolBytes(name)).toBeLessThanOrEqual(budget)
    },
  )
})

/** Runs before an entry and records every use of time, randomness or the network while the entry loads. */
const traps = `
import 'zod'
const used = []
const trap = (owner, name) => {
  const original = owner[name]
  owner[name] = (...args) => {
    used.push(name)
    return original?.apply(owner, args)
  }
}
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch']) trap(globalThis, name)
for (const name of ['randomUUID', 'getRandomValues']) trap(crypto, name)
trap(crypto.subtle, 'digest')
trap(process, 'on')
trap(Date, 'now')
globalThis.AbortController = class extends AbortController {
  constructor() {
    super()
    used.push('AbortController') // refused by Workers while a module loads
  }
}
`

/** Loads an entry with the traps set, runs some code with it, and returns the names that were used. */
async function touched(entry: string, run = ''): Promise<string[]> {
  const { file } = await bundle(entry)
  const main = join(folder, `${basename(entry, '.ts')}-main.mjs`)
  writeFileSync(
    main,
    `${traps}const entry = await import(${JSON.stringify(pathToFileURL(file).href)})\n${run}\nconsole.log(JSON.stringify(used))`,
  )
  return JSON.parse(execFileSync(process.execPath, [main], { encoding: 'utf8' })) as string[]
}

describe('loading', () => {
  it.each([
    'src/index.ts',
    'src/client.ts',
    'src/blobs.ts',
    'src/testing.ts',
    'src/testing/contracts/index.ts',
    'src/postgres.ts',
    'src/pg-boss.ts',
    'src/protocols.ts',
  ])('loading %s starts no timer and does no I/O', async (entry) => {
    expect(await touched(entry)).toEqual([])
  })

  it('constructing a Studio starts no timer and does no I/O', async () => {
    expect(await touched('src/index.ts', `new entry.Studio([], { auth: { token: 'a' } })`)).toEqual(
      [],
    )
  })

  it('a planted timer and a planted random value are found', async () => {
    const run = `new entry.Studio(); setTimeout(() => undefined, 0); crypto.randomUUID()`
    expect(await touched('src/index.ts', run)).toEqual(['setTimeout', 'randomUUID'])
  })
})
