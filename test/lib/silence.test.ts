import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchSilence } from '../../src/lib/timer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const createSilence = () => {
  const reader = { nudge: vi.fn(), close: vi.fn() }
  return { silence: watchSilence(reader), reader, calls: () => reader.nudge.mock.calls.length }
}

describe('a wait', () => {
  it('a wait is silent after its time, and again after each such time', () => {
    const { silence, calls } = createSilence()
    silence.start(100)
    vi.advanceTimersByTime(99)
    expect([silence.isOver(), calls()]).toEqual([false, 0])
    vi.advanceTimersByTime(1)
    expect([silence.isOver(), calls()]).toEqual([true, 1])
    vi.advanceTimersByTime(200)
    expect(calls()).toBe(3)
  })

  it('waits that end in time are never silent, however many there are', () => {
    const { silence, calls } = createSilence()
    for (let wait = 0; wait < 20; wait++) {
      silence.start(100)
      vi.advanceTimersByTime(90)
      silence.end()
      vi.advanceTimersByTime(5)
    }
    expect([silence.isOver(), calls()]).toEqual([false, 0])
  })

  it('a silence is counted from the start of its own wait', () => {
    const { silence, calls } = createSilence()
    silence.start(100)
    vi.advanceTimersByTime(60)
    silence.end()
    silence.start(100)
    vi.advanceTimersByTime(99)
    expect(calls()).toBe(0)
    vi.advanceTimersByTime(1)
    expect(calls()).toBe(1)
  })

  it('a shorter wait is silent after its own time', () => {
    const { silence, calls } = createSilence()
    silence.start(1_000)
    silence.end()
    silence.start(100)
    vi.advanceTimersByTime(100)
    expect([silence.isOver(), calls()]).toEqual([true, 1])
    silence.start(100)
    expect(silence.isOver()).toBe(false)
  })
})

describe('the timer', () => {
  it('many waits use one timer, which ends by itself after the last one', () => {
    const { silence } = createSilence()
    for (let wait = 0; wait < 20; wait++) {
      silence.start(100)
      expect(vi.getTimerCount()).toBe(1)
      silence.end()
    }
    vi.advanceTimersByTime(100)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends at once when the reader is closed', () => {
    const { silence, reader, calls } = createSilence()
    silence.start(100)
    silence.close()
    expect([vi.getTimerCount(), reader.close.mock.calls.length]).toEqual([0, 1])
    vi.advanceTimersByTime(500)
    expect(calls()).toBe(0)
  })
})
