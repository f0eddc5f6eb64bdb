import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createForward } from '../../../src/cli/mcp/forward.ts'
import type { Target } from '../../../src/cli/target.ts'

const silent: Target = {
  read: () => Promise.reject(new Error('not read')),
  send: () => new Promise(() => undefined), // not even its signal ends it
  close: () => Promise.resolve(),
}
const forever = new AbortController().signal

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('fetch-studio mcp with a Studio that is silent', () => {
  it('each request ends after two minutes, and the client is told why', async () => {
    const forward = createForward(silent, forever)
    const error = forward.send('tools/list', {}, forever).catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await error).toMatchObject({
      code: -32603,
      message: 'The Studio did not answer within 120000 ms',
    })
  })

  it('the start ends too, with a message for the terminal', async () => {
    const opened = createForward(silent, forever).open()
    const error = opened.catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await error).toMatchObject({
      isForTerminal: true,
      message: 'The Studio did not answer within 120000 ms',
    })
  })
})
