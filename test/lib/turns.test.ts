import { describe, expect, it } from 'vitest'
import { atOnce, inTurns, mapSteps } from '../../src/lib/steps/turns.ts'

/** Keeps the processor busy for some milliseconds. */
function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('work in turns', () => {
  it('a timer fires while long work goes on', async () => {
    let isDone = false
    let firedBefore = false
    setTimeout(() => (firedBefore = !isDone), 1)
    const results = await inTurns(
      mapSteps(
        Array.from({ length: 50 }, (_, index) => index),
        (index) => (work(2), index * 2),
      ),
    )
    isDone = true
    expect(results.slice(0, 3)).toEqual([0, 2, 4])
    expect(results).toHaveLength(50)
    expect(firedBefore).toBe(true)
  })

  it('an abort ends it at the next turn with the reason of the signal', async () => {
    const controller = new AbortController()
    let steps = 0
    const endless = function* () {
      for (;;) {
        steps++
        work(2)
        yield
      }
    }
    setTimeout(() => controller.abort(new Error('enough')), 1)
    await expect(inTurns(endless(), controller.signal)).rejects.toThrow('enough')
    const after = steps
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(steps).toBe(after)
  })

  it('an error of a step rejects, and work at once gives the same result', async () => {
    const fail = () => mapSteps([1], () => JSON.parse('{') as unknown)
    await expect(inTurns(fail())).rejects.toThrow(SyntaxError)
    expect(atOnce(mapSteps('ab', (letter, index) => letter + index))).toEqual(['a0', 'b1'])
  })
})
