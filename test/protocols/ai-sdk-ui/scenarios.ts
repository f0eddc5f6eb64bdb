import { expect } from 'vitest'
import { eventually } from '../../support/studio.ts'
import type { AiSdkClient, ChatLike, ChatMessage, ChatPart } from './ai-sdk-client.ts'
import type { ScenarioStudio } from '../scenarios/studio.ts'

/** One column of the table. It rejects where the client sees something else; a text says why the protocol has no shape for it. */
export type Scenario = (client: AiSdkClient, studio: ScenarioStudio) => Promise<string | void>

interface Place {
  readonly tenant?: string
  readonly url?: string
  readonly messages?: readonly ChatMessage[]
  readonly id?: string
}

const headersOf = (tenant: string) => ({ authorization: `Bearer ${tenant}` })

function open(client: AiSdkClient, studio: ScenarioStudio, place: Place = {}) {
  const { tenant = 'anna', url = studio.url, messages = [], id = crypto.randomUUID() } = place
  const api = `${url}/agents/support/chat`
  const headers = headersOf(tenant)
  const chat = client.createChat({ id, api, fetch: studio.fetch, headers, messages })
  const get = async (path: string, init: RequestInit = {}) =>
    studio.fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } })
  return { id, chat, get }
}

const last = ({ messages }: ChatLike) => messages.at(-1)
const partsOf = (chat: ChatLike): readonly ChatPart[] => last(chat)?.parts ?? []
const textOf = (chat: ChatLike) =>
  partsOf(chat)
    .map(({ text = '' }) => text)
    .join('')
const toolOf = (chat: ChatLike) => partsOf(chat).find(({ type }) => type === 'dynamic-tool')

async function settled(chat: ChatLike, text: string): Promise<void> {
  await eventually(async () => {
    expect([chat.status, chat.error?.message, textOf(chat)]).toEqual(['ready', undefined, text])
  })
}

async function refund(client: AiSdkClient, studio: ScenarioStudio, inputs?: object) {
  const { chat } = open(client, studio)
  await chat.sendMessage({ text: 'refund' })
  await eventually(async () => expect(toolOf(chat)?.state).toBe('approval-requested'))
  const id = toolOf(chat)?.approval?.id ?? ''
  const options = inputs ? { body: { inputs: { [id]: inputs } } } : {}
  await chat.addToolApprovalResponse?.({ id, approved: true, options })
  await settled(chat, 'Done.')
  return chat
}

const noApprovals =
  'AI SDK 5 has no approvals: they come as a data part, and are decided by POST /approvals/:id/decision'

/** What `useChat` can do with a studio, in the order of the table. */
export const aiSdkScenarios: Readonly<Record<string, Scenario>> = {
  text: showsText,
  reasoning: showsReasoning,
  tools: showsTools,
  approval: takesApproval,
  'edited approval': takesEdits,
  cancel: showsCancel,
  'resume after cut': resumesAfterCut,
  'resume after kill -9': resumesAfterKill,
  error: showsError,
  usage: showsUsage,
  tenant: keepsTenants,
}

async function showsText(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat } = open(client, studio)
  await chat.sendMessage({ text: 'hi' })
  await settled(chat, 'Hello')
}

async function showsReasoning(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat } = open(client, studio)
  await chat.sendMessage({ text: 'think' })
  await settled(chat, 'Hm.I thought.')
  expect(partsOf(chat).map(({ type }) => type)).toEqual(['step-start', 'reasoning', 'text'])
}

async function showsTools(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat } = open(client, studio)
  await chat.sendMessage({ text: 'add' })
  await settled(chat, 'Done.')
  expect(toolOf(chat)).toMatchObject({ state: 'output-available', output: { sum: 3 } })
}

async function takesApproval(client: AiSdkClient, studio: ScenarioStudio): Promise<string | void> {
  if (client.sdk === 5) return decideBesides(client, studio)
  const chat = await refund(client, studio)
  expect(chat.messages).toHaveLength(2)
  expect(toolOf(chat)).toMatchObject({ state: 'output-available', output: { refunded: 50 } })
}

async function takesEdits(client: AiSdkClient, studio: ScenarioStudio): Promise<string | void> {
  if (client.sdk === 5) return noApprovals
  const chat = await refund(client, studio, { cents: 40 })
  expect(toolOf(chat)).toMatchObject({ input: { cents: 40 }, output: { refunded: 40 } })
}

async function showsCancel(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat, get } = open(client, studio)
  const sent = chat.sendMessage({ text: 'hang' })
  await eventually(async () => expect(textOf(chat)).toBe('Half'))
  await get(`/runs/${last(chat)?.id}/cancel`, { method: 'POST' })
  await sent
  expect(chat.status).toBe('ready')
  expect(last(chat)?.metadata).toMatchObject({ status: 'cancelled' })
}

async function resumesAfterCut(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat, id, get } = open(client, studio)
  const sent = chat.sendMessage({ text: 'hang' })
  await eventually(async () => expect(textOf(chat)).toBe('Half'))
  await chat.stop()
  await sent
  const second = open(client, studio, { id, messages: chat.messages }).chat
  const resumed = second.resumeStream()
  await eventually(async () =>
    expect([second.status, textOf(second)]).toEqual(['streaming', 'Half']),
  )
  await get(`/runs/${last(chat)?.id}/cancel`, { method: 'POST' })
  await resumed
  expect(second.messages).toHaveLength(2)
}

async function resumesAfterKill(
  client: AiSdkClient,
  studio: ScenarioStudio,
): Promise<string | void> {
  if (!studio.kill) return 'needs two processes'
  const { chat, id } = open(client, studio)
  const sent = chat.sendMessage({ text: 'cut' })
  await eventually(async () => expect(textOf(chat)).toBe('Half'))
  const url = await studio.kill()
  await sent
  expect(chat.status).toBe('error')
  const { chat: second, get } = open(client, studio, { id, url, messages: chat.messages })
  await eventually(async () => {
    // What an app does after an error: AI SDK 5 and 6 cannot take back what is void.
    const shown = await get(`/agents/support/chat/${id}?sdk=${client.sdk}`)
    second.messages = ((await shown.json()) as { messages: ChatMessage[] }).messages
    await second.resumeStream()
    expect([second.status, textOf(second)]).toEqual(['ready', 'Whole answer'])
  })
  expect(textOf(second)).toBe('Whole answer')
  expect(second.messages).toHaveLength(2)
}

async function showsError(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat } = open(client, studio)
  await chat.sendMessage({ text: 'fail' })
  expect(chat.status).toBe('error')
  expect(chat.error?.message).toContain('out of order')
}

async function showsUsage(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat } = open(client, studio)
  await chat.sendMessage({ text: 'hi' })
  expect(last(chat)?.metadata).toMatchObject({ usage: { inputTokens: 11, outputTokens: 7 } })
}

async function keepsTenants(client: AiSdkClient, studio: ScenarioStudio): Promise<void> {
  const { chat, id } = open(client, studio)
  await chat.sendMessage({ text: 'hi' })
  const other = open(client, studio, { tenant: 'bert', id })
  await other.chat.resumeStream()
  expect(other.chat.messages).toEqual([])
  const shown = await other.get(`/agents/support/chat/${id}`)
  expect(await shown.json()).toEqual({ messages: [] })
}

/** With AI SDK 5 an app decides over our own endpoint, and resumes. */
async function decideBesides(client: AiSdkClient, studio: ScenarioStudio): Promise<string> {
  const { chat, get } = open(client, studio)
  await chat.sendMessage({ text: 'refund' })
  const data = partsOf(chat).find(({ type }) => type === 'data-approval')?.data
  expect(data).toMatchObject({ status: 'pending' })
  const decided = await get(`/approvals/${data?.approvalId}/decision`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ approved: true }),
  })
  expect(decided.status).toBe(200)
  return noApprovals
}
