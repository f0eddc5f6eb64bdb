import { expect } from 'vitest'
import { eventually } from '../../support/studio.ts'
import type { openThread } from './thread-client.ts'
import type { ScenarioStudio } from '../scenarios/studio.ts'

/** One column of the table. It rejects where the client sees something else; a text says why the protocol has no shape for it. */
export type Scenario = (client: typeof openThread, studio: ScenarioStudio) => Promise<string | void>

interface Place {
  readonly tenant?: string
  readonly url?: string
  readonly threadId?: string
}

function open(client: typeof openThread, studio: ScenarioStudio, place: Place = {}) {
  const { tenant = 'anna', url = studio.url, threadId = crypto.randomUUID() } = place
  const headers = { authorization: `Bearer ${tenant}` }
  return { threadId, ...client({ fetch: studio.fetch, url, threadId, headers }) }
}

/** What `HttpAgent` can do with a studio, in the order of the table. */
export const agUiScenarios: Readonly<Record<string, Scenario>> = {
  text: showsText,
  reasoning: showsReasoning,
  tools: showsTools,
  approval: (client, studio) => refund(client, studio, { approved: true }, '{"refunded":50}'),
  'edited approval': (client, studio) =>
    refund(client, studio, { approved: true, input: { cents: 5 } }, '{"refunded":5}'),
  cancel: showsCancel,
  'resume after cut': (client, studio) => resumeCut(client, studio, async () => studio.url),
  'resume after kill -9': (client, studio) =>
    resumeCut(client, studio, async () => (await studio.kill?.()) ?? ''),
  error: showsError,
  usage: showsUsage,
  tenant: keepsTenants,
}

async function showsText(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const thread = open(client, studio)
  const events = await thread.say('hi')
  expect(thread.text()).toBe('Hello')
  expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'success' } })
}

async function showsReasoning(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const thread = open(client, studio)
  await thread.say('think')
  expect(thread.messages().map(({ role, content }) => [role, content])).toEqual([
    ['user', 'think'],
    ['reasoning', 'Hm.'],
    ['assistant', 'I thought.'],
  ])
}

async function showsTools(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const thread = open(client, studio)
  await thread.say('add')
  const [, called, result] = thread.messages()
  expect(called).toMatchObject({
    toolCalls: [{ function: { name: 'add', arguments: '{"a":1,"b":2}' } }],
  })
  expect(result).toMatchObject({ role: 'tool', content: '{"sum":3}' })
  expect(thread.text()).toBe('Done.')
}

async function showsCancel(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const thread = open(client, studio)
  const sent = thread.say('hang').catch(() => undefined)
  await eventually(async () => expect(thread.text()).toBe('Half'))
  const get = async (path: string, init: RequestInit = {}) =>
    studio.fetch(`${studio.url}${path}`, {
      ...init,
      headers: { authorization: 'Bearer anna', 'content-type': 'application/json' },
    })
  const { runs } = (await (await get('/runs?limit=1')).json()) as { runs: { id: string }[] }
  await get(`/runs/${runs[0]?.id}/cancel`, { method: 'POST', body: '{}' })
  await sent
  expect(thread.seen().at(-1)).toMatchObject({ outcome: { type: 'cancelled' } })
}

async function showsError(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const thread = open(client, studio)
  await thread.say('fail').catch(() => undefined)
  expect(thread.seen().at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'model_error' })
}

async function showsUsage(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const thread = open(client, studio)
  const events = await thread.say('hi')
  expect(events.at(-1)).toMatchObject({
    usage: [{ inputTokens: 11, outputTokens: 7, totalTokens: 18 }],
  })
}

async function keepsTenants(client: typeof openThread, studio: ScenarioStudio): Promise<void> {
  const own = open(client, studio)
  await own.say('hi')
  const other = open(client, studio, { tenant: 'ben', threadId: own.threadId })
  const events = await other.run()
  expect(events[1]).toEqual({ type: 'MESSAGES_SNAPSHOT', messages: [] })
  expect(other.messages()).toEqual([])
}

async function refund(
  client: typeof openThread,
  studio: ScenarioStudio,
  payload: object,
  result: string,
): Promise<void> {
  const thread = open(client, studio)
  await thread.say('refund')
  const [interrupt] = thread.interrupts()
  expect(interrupt).toMatchObject({
    reason: 'tool_call',
    metadata: { toolName: 'refund', input: { cents: 50 } },
  })
  const interruptId = interrupt?.id ?? ''
  await thread.run({ resume: [{ interruptId, status: 'resolved', payload }] })
  expect(thread.messages().map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
  ])
  expect(thread.messages()[2]).toMatchObject({ role: 'tool', content: result })
  expect(thread.text()).toBe('Done.')
}

/** The connection ends in the middle of an answer; the same request again shows the whole of it. */
async function resumeCut(
  client: typeof openThread,
  studio: ScenarioStudio,
  cut: () => Promise<string>,
): Promise<void> {
  const thread = open(client, studio)
  const sent = thread.say('cut', { runId: 'cut' }).catch(() => undefined)
  await eventually(async () => expect(thread.text()).toMatch(/^(Half|Whole )/))
  thread.agent.abortRun()
  thread.agent.url = `${await cut()}/agents/support/ag-ui`
  await sent
  await thread.run({ runId: 'cut' })
  expect(thread.text()).toBe('Whole answer')
  expect(thread.messages().map(({ role }) => role)).toEqual(['user', 'assistant'])
}
