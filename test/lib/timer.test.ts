import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { repeat, sleep, startInterval, startTimer } from '../../src/lib/timer.ts'
import { createGate } from '../support/agents.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const fail = (error: unknown) => expect.unreachable(String(error))

describe('repeat', () => {
  it('repeat runs the task immediately, then again and again until it is stopped', async () => {
    let count = 0
    const repetition = repeat(async () => void count++, 100, fail)
    expect(count).toBe(1)
    await vi.advanceTimersByTimeAsync(49)
    expect(count).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(count).toBeGreaterThanOrEqual(7)
    expect(count).toBeLessThanOrEqual(22)
    await repetition.stop()
    const before = count
    await vi.advanceTimersByTimeAsync(1_000)
    repetition.nudge()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(count).toBe(before)
  })

  it('nudge runs the task immediately, or once more when a round is in progress', async () => {
    const gates = [createGate(), createGate(), createGate()]
    let count = 0
    const repetition = repeat(async () => gates[count++]?.opened, 10_000, fail)
    repetition.nudge()
    repetition.nudge()
    expect(count).toBe(1)
    gates[0]?.open()
    await vi.advanceTimersByTimeAsync(0)
    expect(count).toBe(2)
    gates[1]?.open()
    await vi.advanceTimersByTimeAsync(0)
    expect(count).toBe(2)
    repetition.nudge()
    expect(count).toBe(3)
    gates[2]?.open()
    await repetition.stop()
  })

  it('stop resolves after the round in progress has ended', async () => {
    const gate = createGate()
    const repetition = repeat(() => gate.opened, 10, fail)
    let isStopped = false
    const stop = repetition.stop().then(() => (isStopped = true))
    await vi.advanceTimersByTimeAsync(100)
    expect(isStopped).toBe(false)
    gate.open()
    await stop
  })

  it('repeat reports a failed round and continues', async () => {
    const failures: unknown[] = []
    const repetition = repeat(
      async () => {
        throw new Error('no')
      },
      10,
      (error) => void failures.push(error),
    )
    await vi.advanceTimersByTimeAsync(100)
    await repetition.stop()
    expect(failures.length).toBeGreaterThan(2)
  })
})

it('sleep resolves after its time, or earlier when its signal aborts', async () => {
  vi.useRealTimers()
  const controller = new AbortController()
  const pending = sleep(60_000, controller.signal)
  controller.abort()
  await expect(pending).resolves.toBeUndefined()
  await expect(sleep(60_000, controller.signal)).resolves.toBeUndefined()
  await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined()
})

const days = 86_400_000

describe('startTimer', () => {
  it.each([30, 60, 365])(
    'startTimer waits %i days, which a timer of the host cannot',
    async (count) => {
      let calls = 0
      startTimer(count * days, () => calls++)
      await vi.advanceTimersByTimeAsync(count * days - 1)
      expect(calls).toBe(0)
      await vi.advanceTimersByTimeAsync(1)
      expect(calls).toBe(1)
      await vi.advanceTimersByTimeAsync(count * days)
      expect(calls).toBe(1)
    },
  )

  it('startTimer never calls back after Infinity, and starts no timer', () => {
    startTimer(Infinity, () => expect.unreachable('called'))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stop prevents the call, also between the parts of a long wait', async () => {
    const timer = startTimer(60 * days, () => expect.unreachable('called'))
    await vi.advanceTimersByTimeAsync(30 * days)
    timer.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('startInterval calls back until it is stopped', async () => {
    let calls = 0
    const timer = startInterval(30 * days, () => calls++)
    await vi.advanceTimersByTimeAsync(90 * days)
    timer.stop()
    await vi.advanceTimersByTimeAsync(90 * days)
    expect(calls).toBe(3)
  })
})
