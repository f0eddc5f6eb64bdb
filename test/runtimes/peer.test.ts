import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printedMatch } from '../support/printed-line.ts'
import { installTool } from '../support/tools.ts'
import { createHelloProject } from './project.ts'

const root = resolve(import.meta.dirname, '../..')
const token = 'a-token-of-the-test'

/** Serves on every interface, which is the default of both runtimes, with the options in `OPTIONS`. */
const bunProgram = `
import { Studio } from 'fetch-studio'
const studio = new Studio([], JSON.parse(process.env.OPTIONS))
const server = Bun.serve({ fetch: studio.fetch, port: 0 })
console.log('port ' + server.port)
`
const denoProgram = `
import { Studio } from 'fetch-studio'
const studio = new Studio([], JSON.parse(Deno.env.get('OPTIONS')))
Deno.serve({ port: 0, onListen: ({ port }) => console.log('port ' + port) }, studio.fetch)
`

const runtimes = [
  {
    name: 'Bun',
    program: bunProgram,
    command: async (file: string) => [join(root, 'node_modules/.bin/bun'), 'run', file],
  },
  {
    name: 'Deno',
    program: denoProgram,
    command: async (file: string) => [
      join(await installTool('deno', 'deno@2.9.6'), '.bin/deno'),
      'run',
      '--allow-env',
      '--allow-net',
      '--node-modules-dir=manual',
      file,
    ],
  },
]

let project = ''
beforeAll(async () => void (project = await createHelloProject()))
afterAll(() => rmSync(project, { recursive: true, force: true }))

/** The addresses of this machine in networks; without one only loopback can be tried. */
const ownAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address)

describe.each(runtimes)('a studio that $name serves on every interface', (runtime) => {
  const running: ChildProcess[] = []
  afterAll(async () => {
    for (const child of running) {
      if (child.exitCode !== null) continue
      const exited = once(child, 'close')
      child.kill('SIGKILL')
      await exited
    }
  })

  const serve = async (options: object): Promise<number> => {
    const file = join(project, `${runtime.name}.ts`)
    writeFileSync(file, runtime.program)
    const [command = '', ...given] = await runtime.command(file)
    const env = { ...process.env, OPTIONS: JSON.stringify(options), NO_COLOR: '1' }
    const child = spawn(command, given, { cwd: project, env })
    running.push(child)
    return Number(await printedMatch(child, /(?<=^port )\d+$/))
  }

  it(`without auth ${runtime.name} answers this machine by its loopback names only`, async () => {
    const port = await serve({})
    expect(await ask({ host: '127.0.0.1', port })).toBe(200)
    const foreign = { host: '127.0.0.1', port, headers: { host: 'evil.example' } }
    expect(await ask(foreign)).toBe(403)
    const answers = await Promise.all(ownAddresses.map((host) => ask({ host, port })))
    expect(answers).toEqual(ownAddresses.map(() => 403))
  })

  it(`with allowedHosts ${runtime.name} answers under those names`, async () => {
    const port = await serve({ allowedHosts: ['studio.example'] })
    const [host = '127.0.0.1'] = ownAddresses
    expect(await ask({ host, port, headers: { host: 'studio.example' } })).toBe(200)
    expect(await ask({ host, port, headers: { host: 'evil.example' } })).toBe(403)
  })

  it(`with auth ${runtime.name} answers other machines that have the token`, async () => {
    const port = await serve({ auth: { token } })
    const [host = '127.0.0.1'] = ownAddresses
    expect(await ask({ host, port, path: '/runs' })).toBe(401)
    const headers = { authorization: `Bearer ${token}` }
    expect(await ask({ host, port, path: '/runs', headers })).toBe(200)
  })
})

/** Sends a request over a socket, with any `Host`, which `fetch` would not send. Resolves to the status. */
function ask(options: {
  host: string
  port: number
  path?: string
  headers?: Record<string, string>
}): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ path: '/health', ...options }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}
