import { describe, expect, it } from 'vitest'
import { countingIds, fixedClock, scriptedModel } from '../../../src/testing.ts'
import { answerOf, ask, failureOf, versions } from './support.ts'

const textOf = (outcome: Parameters<typeof answerOf>[0]) =>
  answerOf(outcome).message.content.map((part) => (part.type === 'text' ? part.text : part.type))

describe.each(versions)('a scripted model of %s', (specificationVersion) => {
  it('a scripted model plays one turn per call and records the calls', async () => {
    const model = scriptedModel(['one', ['two', { text: 'three' }]], { specificationVersion })
    expect(textOf((await ask(model)).outcome)).toEqual(['one'])
    expect(textOf((await ask(model, { stream: false })).outcome)).toEqual(['twothree'])
    expect(model.calls).toHaveLength(2)
    expect(model.calls[1]?.prompt).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ])
  })

  it('a scripted model fails after its last turn', async () => {
    const model = scriptedModel([], { specificationVersion })
    expect(failureOf((await ask(model)).outcome).error.message).toContain('no queued response')
  })
})

it('a scripted model streams a text in pieces', async () => {
  const { outcome, log } = await ask(scriptedModel([{ deltas: ['a', 'b', 'c'] }]))
  expect(textOf(outcome)).toEqual(['abc'])
  expect(log).toEqual(['text a', 'text b', 'text c'])
})

it('a scripted turn may be a function of the call', async () => {
  const model = scriptedModel([async ({ prompt }) => `You sent ${prompt.length}`])
  expect(textOf((await ask(model)).outcome)).toEqual(['You sent 1'])
})

it('a scripted model waits for a promise', async () => {
  let release: (value: unknown) => void = () => {}
  const wait = new Promise((resolve) => (release = resolve))
  const asked = ask(scriptedModel([['a', { wait }, 'b']]))
  const early = await Promise.race([
    asked,
    new Promise((resolve) => setTimeout(resolve, 5, 'waits')),
  ])
  expect(early).toBe('waits')
  release(null)
  expect(textOf((await asked).outcome)).toEqual(['ab'])
})

it('a scripted model sends raw parts unchanged', async () => {
  const source = {
    type: 'source',
    sourceType: 'document',
    id: 's',
    mediaType: 'text/plain',
    title: 'T',
  }
  for (const stream of [true, false]) {
    const answer = answerOf((await ask(scriptedModel([['a', source]]), { stream })).outcome)
    expect(answer.message.metadata).toMatchObject({
      studio: {
        generation: {
          sources: [{ type: 'document', id: 's', title: 'T', mediaType: 'text/plain' }],
        },
      },
    })
  }
})

it('a scripted model ends with the given finish, or without one', async () => {
  const ends = [{ finish: 'length' }, { finish: false as const }]
  const model = scriptedModel(ends.map((finish) => ['a', finish]))
  expect(answerOf((await ask(model)).outcome).finishReason).toBe('length')
  expect(failureOf((await ask(model)).outcome).error.message).toContain('without a finish')
})

it('fixedClock stands still until it is advanced', () => {
  const clock = fixedClock(1_000)
  clock.advance(500)
  expect([clock.now(), clock.now()]).toEqual([1_500, 1_500])
  expect(new Date(fixedClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
})

it('countingIds makes well-formed, distinct and repeatable ids', () => {
  const ids = countingIds()
  expect(ids.uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(ids.hex(16)).toBe('0000000000000002')
  expect(ids.hex(32)).toHaveLength(32)
  expect(countingIds().uuid()).toBe('00000000-0000-4000-8000-000000000001')
})
