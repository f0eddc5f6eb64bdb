import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { installTool } from '../support/tools.ts'

const root = resolve(import.meta.dirname, '../..')

/** The hello example, served on loopback. */
export interface Host {
  /** Where it answers, without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

/** Runtime → how it serves the example of a project made by `createHelloProject`. */
export const hosts: Readonly<Record<string, (project: string) => Promise<Host>>> = {
  async node(project) {
    await build({
      entryPoints: [join(project, 'studio.ts')], // Node 20 does not read TypeScript
      outfile: join(project, 'studio.mjs'),
      format: 'esm',
    })
    writeFileSync(
      join(project, 'main.mjs'),
      `import { serve } from 'fetch-studio/node'
      import studio from './studio.mjs'
      await serve(studio, { port: 0 })`,
    )
    return startProcess(project, process.execPath, ['main.mjs'])
  },

  async bun(project) {
    // `bun run studio.ts` serves the same export; here it is told to stay on loopback.
    writeFileSync(
      join(project, 'main.ts'),
      `import studio from './studio.ts'
      export default Object.assign(studio, { port: 0, hostname: '127.0.0.1' })`,
    )
    return startProcess(project, join(root, 'node_modules/bun/bin/bun.exe'), ['run', 'main.ts'])
  },

  async deno(project) {
    const deno = join(await installTool('deno', 'deno@2.9.6'), '.bin/deno')
    const local = ['--host', '127.0.0.1', '--port', '0', '--no-check', '--node-modules-dir=manual']
    return startProcess(project, deno, ['serve', ...local, 'studio.ts'])
  },

  async workerd(project) {
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
  },
}

/** Starts a process and waits until it prints its address. */
async function startProcess(cwd: string, command: string, args: string[]): Promise<Host> {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' },
  })
  const exited = once(child, 'close')
  const stop = async () => {
    child.kill()
    await exited
  }
  try {
    return { url: await readAddress(child), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Runtimes print it where they like; what was printed instead is in the error. */
async function readAddress(child: ChildProcess): Promise<string> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      if (!input) continue
      createInterface({ input }).on('line', (line) => {
        said.push(line)
        const [address] = /http:\/\/[\d.]+:\d+/.exec(line) ?? []
        if (address !== undefined) resolve(address)
      })
    }
    const fail = () => reject(new Error(`No address was printed:\n${said.join('\n')}`))
    setTimeout(fail, 15_000).unref()
    child.once('close', fail)
    child.once('error', reject)
  })
}
