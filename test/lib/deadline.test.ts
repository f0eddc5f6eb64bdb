import { expect, it } from 'vitest'
import { abortable, withDeadline } from '../../src/lib/deadline.ts'

const never = new Promise<never>(() => undefined)
const late = new Error('late')

it('gives what came in time, and aborts nothing', async () => {
  let seen: AbortSignal | undefined
  const answer = await withDeadline(1_000, late, async (signal) => {
    seen = signal
    return 'here'
  })
  expect(answer).toBe('here')
  expect(seen?.aborted).toBe(false)
})

it('rejects with the reason, and aborts with it, when time is up', async () => {
  let seen: AbortSignal | undefined
  const run = withDeadline(5, late, (signal) => {
    seen = signal
    return never
  })
  await expect(run).rejects.toBe(late)
  expect(seen?.reason).toBe(late)
})

it('passes failures on', async () => {
  const failure = new Error('other')
  await expect(withDeadline(1_000, late, () => Promise.reject(failure))).rejects.toBe(failure)
})

it('gives up at once on a signal that was aborted before', async () => {
  await expect(abortable(never, AbortSignal.abort(late))).rejects.toBe(late)
})
