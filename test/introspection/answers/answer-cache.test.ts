import { describe, expect, it } from 'vitest'
import { type StoredAnswer, storeAnswer } from '../../../src/http/stored-answer.ts'
import { keepAnswer } from '../../../src/introspection/model/answer-cache.ts'

const answerOf = (bytes: number): StoredAnswer => ({ digest: String(bytes), chunks: [], bytes })

describe('the answers of a snapshot', () => {
  it('an answer is made once for requests at the same time, and once more after it was dropped', async () => {
    const owner = {}
    let made = 0
    const make = async () => answerOf(++made)
    const both = await Promise.all([keepAnswer(owner, 'a', make), keepAnswer(owner, 'a', make)])
    expect(both.map(({ digest }) => digest)).toEqual(['1', '1'])
    expect((await keepAnswer({}, 'a', make)).digest).toBe('2')
  })

  it('a failure reaches all who waited, and is not kept', async () => {
    const owner = {}
    const fail = () => Promise.reject(new Error('no luck'))
    const both = [keepAnswer(owner, 'a', fail), keepAnswer(owner, 'a', fail)]
    const outcomes = await Promise.allSettled(both)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await keepAnswer(owner, 'a', async () => answerOf(7))).digest).toBe('7')
  })

  it('large answers and many answers push out those that were not asked for the longest', async () => {
    const owner = {}
    const large = 100 * 2 ** 20
    const ask = async (key: string, bytes: number) => {
      let isMade = false
      await keepAnswer(owner, key, async () => ((isMade = true), answerOf(bytes)))
      return isMade
    }
    expect(await ask('a', large)).toBe(true)
    expect(await ask('b', large)).toBe(true)
    expect(await ask('b', large)).toBe(false)
    expect(await ask('a', large)).toBe(true)
    for (let index = 0; index < 40; index++) await ask(`small ${index}`, 1)
    expect(await ask('small 39', 1)).toBe(false)
    expect(await ask('small 0', 1)).toBe(true)
  })
})

describe('storeAnswer', () => {
  it('covers every member with its digest but those that are left out', async () => {
    const digestOf = async (time: number, items: number[]) =>
      (await storeAnswer({ a: 1, gone: undefined, list: () => items, time }, ['time'])).digest
    expect(await digestOf(1, [1, 2])).toBe(await digestOf(2, [1, 2]))
    expect(await digestOf(1, [1, 2])).not.toBe(await digestOf(1, [1, 3]))
    expect(await digestOf(1, [])).toMatch(/^[0-9a-f]{16}$/)
  })
})
