import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { launchBrowser } from '../../support/browser.ts'
import { installTool } from '../../support/tools.ts'
import type { Plan } from './program.ts'
import type { Servers } from './servers.ts'
import type { Outcome } from './target.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

/** How long one runtime may take, in milliseconds. */
const limitMs = 240_000

/** A runtime that runs the client, and how. */
export interface Runtime {
  readonly name: string
  readonly inProcess: boolean
  run(plan: Plan): Promise<Outcome[]>
}

const command = (name: string, toCommand: (file: string) => Promise<string[]>) =>
  [true, false].map((inProcess): Runtime => ({
    name: inProcess ? `${name}, in process` : name,
    inProcess,
    async run(plan) {
      const [program = '', ...args] = await toCommand(await writeProgram())
      const { stdout } = await promisify(execFile)(program, [...args, JSON.stringify(plan)], {
        timeout: limitMs,
        maxBuffer: 2 ** 24,
      })
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome[]
    },
  }))

/** Every runtime that the client promises to work in. */
export const runtimes: readonly Runtime[] = [
  ...command(`Node ${process.versions.node.split('.')[0]}`, async (file) => [
    process.execPath,
    file,
  ]),
  { name: 'Chromium', inProcess: false, run: runInBrowser },
  ...command('Bun', async (file) => [join(root, 'node_modules/.bin/bun'), 'run', file]),
  ...command('Deno', async (file) => {
    const deno = join(await installTool('deno', 'deno@2.9.6'), '.bin/deno')
    return [deno, 'run', '--no-config', '--allow-net', file]
  }),
  { name: 'workerd, in process', inProcess: true, run: runInWorker },
  { name: 'workerd', inProcess: false, run: runInWorker },
]

/** Returns the plan of a runtime. In the short form the runtimes share the instances, so only Node kills them. */
export function toPlan(runtime: Runtime, servers: Servers, isWhole: boolean): Plan {
  const { studioUrl, frontUrl } = servers
  return {
    studioUrl: runtime.inProcess ? null : studioUrl,
    frontUrl,
    withTakeover: !runtime.inProcess && (isWhole || runtime.name.startsWith('Node')),
    isWhole,
  }
}

async function bundle(contents: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, loader: 'ts' },
    bundle: true,
    format,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['worker', 'browser'],
    external: ['node:*'],
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

let program: Promise<string> | undefined

/** Writes the program of Node, Bun and Deno once: it prints the outcomes as its last line. */
function writeProgram(): Promise<string> {
  program ??= (async () => {
    const contents = `
      import { runBehaviours } from './program.ts'
      console.log(JSON.stringify(await runBehaviours(JSON.parse(process.argv[2]))))
      process.exit(0)`
    const folder = join(root, '.tools/client-matrix')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `program-${process.pid}.mjs`)
    writeFileSync(file, await bundle(contents, 'esm'))
    return file
  })()
  return program
}

async function runInBrowser(plan: Plan): Promise<Outcome[]> {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(`${plan.frontUrl}/page`)
    const contents = `import { runBehaviours } from './program.ts'\nglobalThis.runBehaviours = runBehaviours`
    await page.addScriptTag({ content: await bundle(contents, 'iife') })
    return await page.evaluate<Outcome[]>(`runBehaviours(${JSON.stringify(plan)})`)
  } finally {
    await browser.close()
  }
}

async function runInWorker(plan: Plan): Promise<Outcome[]> {
  const contents = `
    import { runBehaviours } from './program.ts'
    export default { fetch: async (request) => Response.json(await runBehaviours(await request.json())) }`
  const miniflare = new Miniflare({
    cf: false,
    compatibilityDate: '2026-04-01',
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await bundle(contents, 'esm') }],
  })
  try {
    const answer = await miniflare.dispatchFetch('http://worker.local/', {
      method: 'POST',
      body: JSON.stringify(plan),
    })
    return (await answer.json()) as Outcome[]
  } finally {
    await miniflare.dispose()
  }
}
