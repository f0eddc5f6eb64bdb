import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../../examples/support-desk/database.ts'

const command = ['scripts/run-ts.mjs', 'examples/support-desk/demo.ts'].map((path) => resolve(path))

/** A demo in another process, with its data in `folder`. */
interface Demo {
  readonly child: ChildProcess
  readonly output: () => string
  /** Resolves to the exit code; null when a signal ended the process. */
  readonly ended: Promise<number | null>
}

let folder = ''
const demos: Demo[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-demo-'))
  await chmod(folder, 0o755) // PostgreSQL runs as another user than root
})
afterEach(async () => {
  for (const { child, ended } of demos.splice(0)) {
    child.kill('SIGTERM')
    await ended
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function startDemo(args: readonly string[], variables: Record<string, string> = {}): Demo {
  const { OPENAI_API_KEY: _key, DATABASE_URL: _url, ...env } = process.env
  const child = spawn(process.execPath, [...command, ...args], {
    cwd: folder,
    env: { ...env, ...variables },
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text))
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const demo = { child, output: () => output.join(''), ended }
  demos.push(demo)
  return demo
}

/** Resolves to the exit code, and prints what the demo said unless it is 0. */
async function exitCodeOf({ ended, output }: Demo): Promise<number | null> {
  const code = await ended
  if (code !== 0) console.error(output())
  return code
}

/** Waits until the demo serves. Returns its port. */
async function untilReady(demo: Demo): Promise<number> {
  while (!demo.output().includes('Ctrl-C stops it.')) {
    const over = await Promise.race([
      demo.ended.then(() => true),
      new Promise<false>((wake) => setTimeout(wake, 50, false)),
    ])
    if (over) throw new Error(demo.output())
  }
  return Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(demo.output())?.[1])
}

const leftovers = () => readdir(join(folder, '.studio'))

vi.setConfig({ testTimeout: 60_000 })

describe('npm run demo', () => {
  it('demo --once runs every line, prints the answers and exits with 0', async () => {
    const demo = startDemo(['--once', '--port', '0'])

    expect(await exitCodeOf(demo)).toBe(0)
    expect(demo.output()).toMatch(/\n8 of 8 lines answered\n$/)
    expect(demo.output()).toContain('Order ORD-1001 is blocked while allocation is pending.')
    expect(demo.output()).toContain('POST   /agents/:agentId/runs')
    expect(await leftovers()).toEqual([])
  })

  it('the demo deletes its data and exits with 0 on SIGTERM, even when it comes twice', async () => {
    const demo = startDemo(['--port', '0'])
    await untilReady(demo)
    expect(await leftovers()).toHaveLength(1)
    demo.child.kill('SIGTERM')
    demo.child.kill('SIGTERM')

    expect(await exitCodeOf(demo)).toBe(0)
    expect(await leftovers()).toEqual([])
  })

  it('the demo runs beside another one and reports a port in use', async () => {
    const first = startDemo(['--port', '0'])
    const port = await untilReady(first)
    const second = startDemo(['--port', String(port)])

    expect(await second.ended).toBe(1)
    expect(second.output()).toBe(`Port ${port} is taken; choose another one with --port\n`)
    expect((await fetch(`http://127.0.0.1:${port}/studio/health`)).status).toBe(200)
    expect(await leftovers()).toHaveLength(1)
  })

  it('the demo removes the data and the server of a killed demo', async () => {
    const killed = startDemo(['--port', '0'])
    await untilReady(killed)
    killed.child.kill('SIGKILL')
    await killed.ended
    const [left = ''] = await leftovers()
    const port = await databasePort(left)
    expect(await isOpen(port)).toBe(true)
    const next = startDemo(['--port', '0'])
    await untilReady(next)

    expect(await isOpen(port)).toBe(false)
    expect(await leftovers()).not.toContain(left)
    next.child.kill('SIGTERM')
    expect(await exitCodeOf(next)).toBe(0)
  })

  it('the demo uses the database of DATABASE_URL, even when it has data', async () => {
    const database = await openDatabase({})
    try {
      for (const _ of [1, 2]) {
        const demo = startDemo(['--once', '--port', '0'], { DATABASE_URL: database.url })
        expect(await exitCodeOf(demo)).toBe(0)
      }
      expect(await leftovers()).toEqual([])
    } finally {
      await database.close()
    }
  })
})

async function databasePort(name: string): Promise<number> {
  const lines = await readFile(join(folder, '.studio', name, 'data', 'postmaster.pid'), 'utf8')
  return Number(lines.split('\n')[3])
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
