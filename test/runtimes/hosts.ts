import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { printedMatch } from '../support/printed-line.ts'
import { installTool } from '../support/tools.ts'

const root = resolve(import.meta.dirname, '../..')

/** The hello example, served on loopback. */
export interface Host {
  /** The origin, without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

/** A runtime that serves the hello example. */
export interface HostSpec {
  readonly name: string
  /** The runtime's name in the handshake. */
  readonly runtime: 'node' | 'bun' | 'deno' | 'workerd'
  /** Serves the example of a project made by `createHelloProject`. */
  start(project: string): Promise<Host>
}

const commands = readCommands(join(root, 'examples/hello/README.md'))
const ownMajor = process.versions.node.split('.')[0]

/** Every runtime of the README, with the commands that the README prints. */
export const hosts: readonly HostSpec[] = [
  {
    name: `Node ${ownMajor} with tsx`,
    runtime: 'node',
    start: (project) => startCommand(project, 'npx tsx', dirname(process.execPath)),
  },
  ...['node@22.23.3', 'node@24.21.0'].map((spec): HostSpec => {
    const name = spec.replace(/@(\d+).*/, '$1')
    return {
      name: name.replace('node', 'Node '),
      runtime: 'node',
      start: async (project) =>
        startCommand(project, 'node', join(await installTool(name, spec), '.bin')),
    }
  }),
  {
    name: 'Bun',
    runtime: 'bun',
    start: (project) => startCommand(project, 'bun', join(root, 'node_modules/.bin')),
  },
  {
    name: 'Deno',
    runtime: 'deno',
    start: async (project) =>
      startCommand(project, 'deno', join(await installTool('deno', 'deno@2.9.6'), '.bin')),
  },
  { name: 'workerd', runtime: 'workerd', start: startWorker },
]

/** Miniflare is the server behind `wrangler dev`, which is too large to install for a test. */
async function startWorker(project: string): Promise<Host> {
  const { outputFiles } = await build({
    entryPoints: [join(project, 'studio.ts')],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    write: false,
  })
  const contents = outputFiles[0]?.text ?? ''
  const miniflare = new Miniflare({
    cf: false,
    compatibilityDate: '2026-04-01',
    host: '127.0.0.1',
    modules: [{ type: 'ESModule', path: 'studio.mjs', contents }],
  })
  const url = await miniflare.ready
  return { url: url.origin, stop: () => miniflare.dispose() }
}

/** Returns the lines of a README's first `sh` fence, without their comments. */
function readCommands(path: string): string[] {
  const [, fence = ''] = /^```sh\n([^]*?)^```$/m.exec(readFileSync(path, 'utf8')) ?? []
  return fence.split('\n').map((line) => line.replace(/\s+#.*/, ''))
}

/** Runs the README's command that begins with `prefix`, on a free port, and waits for the printed address. */
async function startCommand(project: string, prefix: string, bin: string): Promise<Host> {
  const printed = commands.find((line) => line.startsWith(`${prefix} `))
  if (printed === undefined) throw new Error(`examples/hello/README.md has no command "${prefix}"`)
  const { PATH, HOME } = process.env
  const port = { PORT: '0', STUDIO_PORT: '0' }
  const command = printed.replace('deno serve', 'deno serve --port 0') // Deno reads no variable
  const child = spawn('sh', ['-c', command], {
    cwd: project,
    detached: true, // a process group, because npx starts further processes
    env: { ...port, HOME, PATH: `${bin}:${PATH}`, NO_COLOR: '1' },
  })
  const exited = once(child, 'close')
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    await exited
  }
  try {
    return { url: await printedMatch(child, /http:\/\/(127\.0\.0\.1|localhost):\d+/), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
