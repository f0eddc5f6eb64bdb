import { afterEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../src/errors.ts'
import { createGroup, type GroupOptions } from '../../src/storage/postgres/group.ts'

afterEach(() => void vi.useRealTimers())

type Together = GroupOptions<string, string>['together']

/** A group whose statements are listed in the order in which they were sent; each waits until `answer` is called. */
function makeGroup(together: Together = async (items) => items.map((item) => async () => item)) {
  const sent: string[] = []
  const answers: (() => void)[] = []
  const wait = () => new Promise<void>((resolve) => answers.push(resolve))
  const call = createGroup<string, string>({
    sizeOf: (item) => item.length,
    async alone(item) {
      sent.push(item)
      await wait()
      return item
    },
    async together(items) {
      sent.push(items.join('+'))
      await wait()
      return together(items)
    },
  })
  const answer = async () => {
    answers.shift()?.()
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  return { call, sent, answer }
}

describe('A group', () => {
  it('sends a call at once when nothing is on its way, and together what arrives meanwhile', async () => {
    const { call, sent, answer } = makeGroup()
    const all = Promise.all(['a', 'b', 'c'].map(call))
    expect(sent).toEqual(['a'])
    await answer()
    expect(sent).toEqual(['a', 'b+c'])
    await answer()
    expect(await all).toEqual(['a', 'b', 'c'])
    const last = call('d')
    expect(sent).toEqual(['a', 'b+c', 'd'])
    await answer()
    expect(await last).toBe('d')
  })

  it('sends what its callers write next together with what arrived meanwhile', async () => {
    const { call, sent, answer } = makeGroup()
    const next = call('a').then(() => call('c'))
    const other = call('b')
    await answer()
    expect(sent).toEqual(['a', 'b+c'])
    await answer()
    expect(await Promise.all([next, other])).toEqual(['c', 'b'])
  })

  it('sends alone what could not be done together', async () => {
    const { call, sent, answer } = makeGroup(async (items) =>
      items.map((item) => (item === 'c' ? null : async () => item)),
    )
    const all = Promise.all(['a', 'b', 'c'].map(call))
    for (let step = 0; step < 3; step++) await answer()
    expect(sent).toEqual(['a', 'b+c', 'c'])
    expect(await all).toEqual(['a', 'b', 'c'])
  })

  it('is halved after an error until the call that has caused it is alone', async () => {
    const { call, sent, answer } = makeGroup(async (items) => {
      if (items.includes('d')) throw new Error('a value is too long')
      return items.map((item) => async () => item)
    })
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map(call))
    for (let step = 0; step < 6; step++) await answer()
    expect(sent).toEqual(['a', 'b+c+d+e', 'b+c', 'd+e', 'd', 'e'])
    expect(await all).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('fails all its calls in an outage, and goes on with the next ones', async () => {
    const outage = new StudioError('unavailable', 'The database does not answer')
    const { call, sent, answer } = makeGroup(() => Promise.reject(outage))
    const all = Promise.allSettled(['a', 'b', 'c'].map(call))
    for (let step = 0; step < 2; step++) await answer()
    const reasons = (await all).map((one) => (one.status === 'rejected' ? one.reason : one.value))
    expect(reasons).toEqual(['a', outage, outage])
    const next = call('d')
    await answer()
    expect(await next).toBe('d')
    expect(sent).toEqual(['a', 'b+c', 'd'])
  })

  it('does not wait for a statement that takes long', async () => {
    vi.useFakeTimers()
    const { call, sent } = makeGroup()
    void call('a')
    void call('b')
    await vi.advanceTimersByTimeAsync(99)
    expect(sent).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(2)
    expect(sent).toEqual(['a', 'b'])
  })

  it('has at most 1,000 calls, and 1,000,000 characters unless one call has more', async () => {
    const { call, sent, answer } = makeGroup()
    for (let count = 0; count < 1_102; count++) void call('x')
    await answer()
    await answer()
    expect(sent.map((items) => items.split('+').length)).toEqual([1, 1_000, 101])
    const large = ['y'.repeat(600_000), 'z'.repeat(500_000), 'w'.repeat(2_000_000)]
    for (const item of large) void call(item)
    for (let step = 0; step < 3; step++) await answer()
    expect(sent.slice(3)).toEqual(large)
  })
})
