import { expect, it } from 'vitest'
import { abortable, withDeadline } from '../../src/lib/deadline.ts'

const never = new Promise<never>(() => undefined)
const late = new Error('late')

it('withDeadline returns a result that arrives in time and does not abort the task', async () => {
  let received: AbortSignal | undefined
  const answer = await withDeadline(1_000, late, async (signal) => {
    received = signal
    return 'here'
  })
  expect(answer).toBe('here')
  expect(received?.aborted).toBe(false)
})

it('withDeadline rejects with the reason and aborts the task when the time is up', async () => {
  let received: AbortSignal | undefined
  const run = withDeadline(5, late, (signal) => {
    received = signal
    return never
  })
  await expect(run).rejects.toBe(late)
  expect(received?.reason).toBe(late)
})

it('withDeadline rejects with the error of the task', async () => {
  const failure = new Error('other')
  await expect(withDeadline(1_000, late, () => Promise.reject(failure))).rejects.toBe(failure)
})

it('abortable rejects immediately when its signal is already aborted', async () => {
  await expect(abortable(never, AbortSignal.abort(late))).rejects.toBe(late)
})
