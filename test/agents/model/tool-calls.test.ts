import { expect, it } from 'vitest'
import { scriptedModel } from '../../../src/testing.ts'
import { answerOf, ask, rawModel } from './support.ts'

const finish = { type: 'finish', finishReason: { unified: 'tool-calls' }, usage: {} }
const call = (toolCallId: string, toolName = 'find', input = '{}') => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input,
})

async function idsOf(parts: readonly unknown[], usedToolCallIds = new Set<string>()) {
  const { outcome, log } = await ask(rawModel([...parts, finish]), {}, { usedToolCallIds })
  return { ids: answerOf(outcome).toolCalls.map(({ part }) => part.id), log }
}

it('a tool call without an id gets a fresh one', async () => {
  const { ids } = await idsOf([call('')])
  expect(ids).toEqual([expect.stringMatching(/^call_[0-9a-f]{16}$/)])
})

it('the second of two tool calls with the same id gets a fresh one', async () => {
  const { ids } = await idsOf([call('a'), call('a')])
  expect(ids).toEqual(['a', expect.stringMatching(/^call_[0-9a-f]{16}$/)])
})

it('a tool call whose id the run has used gets a fresh one', async () => {
  const { ids } = await idsOf([call('a'), call('b')], new Set(['a']))
  expect(ids).toEqual([expect.stringMatching(/^call_/), 'b'])
})

it('the deltas of a tool call have its final id', async () => {
  const parts = [
    { type: 'tool-input-start', id: 'a', toolName: 'find' },
    { type: 'tool-input-delta', id: 'a', delta: '{"q"' },
    { type: 'tool-input-delta', id: 'a', delta: ':1}' },
    { type: 'tool-input-end', id: 'a' },
    call('a', 'find', '{"q":1}'),
  ]
  const { ids, log } = await idsOf(parts, new Set(['a']))
  expect(log).toEqual([`tool ${ids[0]} find {"q"`, `tool ${ids[0]} find :1}`])
})

it('interleaved tool calls stay apart', async () => {
  const parts = [
    { type: 'tool-input-start', id: 'a', toolName: 'find' },
    { type: 'tool-input-start', id: 'b', toolName: 'send' },
    { type: 'tool-input-delta', id: 'b', delta: '{}' },
    { type: 'tool-input-delta', id: 'a', delta: '{}' },
    call('b', 'send'),
    call('a'),
  ]
  const { ids, log } = await idsOf(parts)
  expect(ids).toEqual(['b', 'a'])
  expect(log).toEqual(['tool b send {}', 'tool a find {}'])
})

it('a tool call without a name has an inputError', async () => {
  const answer = answerOf((await ask(rawModel([call('a', ''), finish]))).outcome)
  expect(answer.toolCalls).toMatchObject([
    { part: { id: expect.stringMatching(/^call_/) }, inputError: 'The call names no tool' },
  ])
})

it('a tool call without arguments gets an empty object', async () => {
  const answer = answerOf((await ask(rawModel([call('a', 'find', ' '), finish]))).outcome)
  expect(answer.toolCalls).toMatchObject([
    { part: { function: { arguments: {} } }, inputError: null },
  ])
})

it.each([true, false])('arguments that are not JSON stay text (streamed: %s)', async (stream) => {
  const model = scriptedModel([{ toolCall: { name: 'find', input: '{"q": ' } }])
  const [found] = answerOf((await ask(model, { stream })).outcome).toolCalls
  expect(found?.part.function.arguments).toBe('{"q": ')
  expect(found?.inputError).toMatch(/^The arguments are not valid JSON/)
})
