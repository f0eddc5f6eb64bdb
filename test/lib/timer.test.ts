import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { repeat } from '../../src/lib/timer.ts'
import { createGate } from '../support/agents.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const fail = (error: unknown) => expect.unreachable(String(error))

describe('a repetition', () => {
  it('does its task at once, then again and again, until it is stopped', async () => {
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

  it('is done at once when nudged, and once more when nudged in progress', async () => {
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

  it('waits for the one in progress when it is stopped', async () => {
    const gate = createGate()
    const repetition = repeat(() => gate.opened, 10, fail)
    let stopped = false
    const stop = repetition.stop().then(() => (stopped = true))
    await vi.advanceTimersByTimeAsync(100)
    expect(stopped).toBe(false)
    gate.open()
    await stop
  })

  it('reports what fails and goes on', async () => {
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
