import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { serve } from '../../src/adapters/node.ts'
import { Studio } from '../../src/index.ts'

const signals = ['SIGINT', 'SIGTERM'] as const
const listeners = () => signals.map((name) => process.listenerCount(name))
const running: ChildProcess[] = []

afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')))

/** Starts the fixture; resolves when it prints `ready`. */
async function startFixture(...args: string[]) {
  const command = ['scripts/run-ts.mjs', 'test/adapters/fixtures/server.ts', ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => lines.push(line))
  const exit = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  await once(output, 'line')
  return { child, output, lines, exit }
}

describe('a process that serves', () => {
  it.each(signals)(
    'a serving process closes everything on %s and then ends by the signal',
    async (name) => {
      const { child, lines, exit } = await startFixture()
      child.kill(name)
      expect(await exit).toEqual([null, name])
      expect(lines).toEqual(['ready', 'closing', 'callback'])
    },
  )

  it('a second signal ends a serving process at once', async () => {
    const { child, output, lines, exit } = await startFixture('slow')
    child.kill('SIGINT')
    await once(output, 'line')
    child.kill('SIGINT')
    expect(await exit).toEqual([null, 'SIGINT'])
    expect(lines).toEqual(['ready', 'closing'])
  })
})

describe('signal listeners', () => {
  it('serve() listens for signals until it is closed', async () => {
    const before = listeners()
    const { close } = await serve(new Studio(), { port: 0, log: false })
    expect(listeners()).toEqual(before.map((count) => count + 1))
    await close()
    expect(listeners()).toEqual(before)
  })

  it('serve() adds no signal listeners with handleSignals: false', async () => {
    const before = listeners()
    const { close } = await serve(new Studio(), { port: 0, log: false, handleSignals: false })
    expect(listeners()).toEqual(before)
    await close()
  })
})
