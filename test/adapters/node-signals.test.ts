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

/** Starts the fixture; resolves once it said `ready`. */
async function startFixture(...args: string[]) {
  const command = ['scripts/run-ts.mjs', 'test/adapters/fixtures/server.ts', ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const said: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => said.push(line))
  const exit = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  await once(lines, 'line')
  return { child, lines, said, exit }
}

describe('a process that serves', () => {
  it.each(signals)('closes everything on %s, and then ends by it', async (name) => {
    const { child, said, exit } = await startFixture()
    child.kill(name)
    expect(await exit).toEqual([null, name])
    expect(said).toEqual(['ready', 'closing', 'callback'])
  })

  it('ends at once on a second signal', async () => {
    const { child, lines, said, exit } = await startFixture('slow')
    child.kill('SIGINT')
    await once(lines, 'line')
    child.kill('SIGINT')
    expect(await exit).toEqual([null, 'SIGINT'])
    expect(said).toEqual(['ready', 'closing'])
  })
})

describe('signal listeners', () => {
  it('are there while serving, and gone afterwards', async () => {
    const before = listeners()
    const { close } = await serve(new Studio(), { port: 0, log: false })
    expect(listeners()).toEqual(before.map((count) => count + 1))
    await close()
    expect(listeners()).toEqual(before)
  })

  it('are not added with handleSignals: false', async () => {
    const before = listeners()
    const { close } = await serve(new Studio(), { port: 0, log: false, handleSignals: false })
    expect(listeners()).toEqual(before)
    await close()
  })
})
