import { expect } from 'vitest'
import { createStudioClient } from '../../../src/client.ts'
import { eventually } from '../../support/studio.ts'
import type { ScenarioStudio } from '../scenarios/studio.ts'
import { type EditorPlace, type openEditor, wait } from './editor.ts'

/** One column of the table. It rejects where the editor sees something else; a text says why the protocol has no shape for it. */
export type AcpScenario = (
  client: typeof openEditor,
  studio: ScenarioStudio,
) => Promise<string | void>

/** What an editor can do with a studio, in the order of the table. */
export const acpScenarios: Readonly<Record<string, AcpScenario>> = {
  text: showsText,
  reasoning: showsReasoning,
  tools: showsTools,
  approval: asksPermission,
  'edited approval': showsEdits,
  cancel: cancels,
  'resume after cut': resumesAfterCut,
  'resume after kill -9': resumesAfterKill,
  error: showsError,
  usage: showsUsage,
  tenant: keepsTenants,
}

const placeOf = ({ url, fetch }: ScenarioStudio): EditorPlace => ({
  url,
  fetch: (request) => fetch(request, { signal: request.signal }),
})

async function showsText(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  expect(await editor.say(await editor.open(), 'hi')).toMatchObject({ stopReason: 'end_turn' })
  expect(editor.text()).toBe('Hello')
}

async function showsReasoning(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  await editor.say(await editor.open(), 'think')
  expect([editor.thoughts(), editor.text()]).toEqual(['Hm.', 'I thought.'])
}

async function showsTools(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  await editor.say(await editor.open(), 'add')
  const id = firstCall(editor.updates)
  expect(editor.statuses(id)).toEqual(['pending', undefined, 'in_progress', 'completed'])
  expect(editor.call(id)).toMatchObject({
    title: 'add',
    kind: 'other',
    rawInput: { a: 1, b: 2 },
    rawOutput: { sum: 3 },
    content: [{ type: 'content', content: { type: 'text', text: '{"sum":3}' } }],
  })
  expect(editor.text()).toBe('Done.')
}

function firstCall(updates: readonly object[]): string {
  const call = updates.find((update): update is { toolCallId: string } => 'toolCallId' in update)
  return call?.toolCallId ?? ''
}

async function asksPermission(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  const answer = await editor.say(await editor.open(), 'refund')
  expect(answer).toMatchObject({ stopReason: 'end_turn' })
  expect(editor.asked).toMatchObject([
    { toolCall: { title: 'refund', status: 'pending', rawInput: { cents: 50 } } },
  ])
  const id = firstCall(editor.updates)
  const statuses = editor.statuses(id).filter((status) => status !== undefined)
  expect(statuses).toEqual(['pending', 'in_progress', 'completed'])
  expect(editor.call(id)).toMatchObject({ rawOutput: { refunded: 50 } })
  expect(editor.text()).toBe('Done.')
}

/** Somebody else edits: the editor sees the new arguments, and its question is taken back. */
async function showsEdits(client: typeof openEditor, studio: ScenarioStudio): Promise<string> {
  const editor = await client({ ...placeOf(studio), answer: wait })
  const said = editor.say(await editor.open(), 'refund')
  await eventually(async () => expect(editor.asked).toHaveLength(1))
  const api = createStudioClient({ ...placeOf(studio), baseUrl: studio.url, token: 'anna' })
  const [approval] = (await api.approvals.list({ status: 'pending' }).page()).items
  await api.approvals.decide(approval?.id ?? '', { approved: true, input: { cents: 5 } })
  expect(await said).toMatchObject({ stopReason: 'end_turn' })
  const id = firstCall(editor.updates)
  expect(editor.taken).toEqual([id])
  expect(editor.call(id)).toMatchObject({
    rawInput: { cents: 5 },
    rawOutput: { refunded: 5 },
  })
  return 'a permission of ACP has no arguments; the editor shows those of somebody else'
}

async function cancels(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  const sessionId = await editor.open()
  const said = editor.say(sessionId, 'hang')
  await eventually(async () => expect(editor.text()).toBe('Half'))
  await editor.cancel(sessionId)
  expect(await said).toMatchObject({ stopReason: 'cancelled' })
}

/** The connection to the studio breaks in the middle of an answer. The editor notices nothing. */
async function resumesAfterCut(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const cursors: (string | null)[] = []
  const place = placeOf(studio)
  const editor = await client({
    ...place,
    async fetch(request) {
      const response = await place.fetch(request)
      const { pathname, searchParams } = new URL(request.url)
      if (!pathname.endsWith('/events')) return response
      cursors.push(searchParams.get('after'))
      return cursors.length > 1 ? response : new Response(cutOff(response.body), response)
    },
  })
  await editor.say(await editor.open(), 'cut')
  expect(editor.text()).toBe('Whole answer')
  expect(cursors).toEqual(['-1', '1'])
}

/** Passes two lines of a stream, and breaks. */
function cutOff(body: ReadableStream<Uint8Array> | null): ReadableStream<Uint8Array> | null {
  const decoder = new TextDecoder()
  let text = ''
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      text += decoder.decode(chunk, { stream: true })
      const lines = text.split('\n')
      if (lines.length < 3) return
      controller.enqueue(new TextEncoder().encode(`${lines.slice(0, 2).join('\n')}\n`))
      controller.terminate()
    },
  })
  return body && body.pipeThrough(cut)
}

/** The process that answers is killed. The prompt goes on at another, and so does an editor that loads the session. */
async function resumesAfterKill(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  let { url } = studio
  const place = placeOf(studio)
  // As behind a load balancer, the address stays.
  const balanced = (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const moved = `${url}${pathname}${search}`
    return place.fetch(request.method === 'GET' ? new Request(moved, request) : request)
  }
  const editor = await client({ ...place, fetch: balanced })
  const sessionId = await editor.open()
  const said = editor.say(sessionId, 'cut')
  await eventually(async () => expect(editor.text()).toBe('Half'))
  url = (await studio.kill?.()) ?? ''
  const next = await client({ ...place, url })
  await next.load(sessionId)
  await eventually(async () => expect(next.text()).toMatch(/^(Half)?Whole answer$/))
  expect(next.said()).toBe('cut')
  expect(await said).toMatchObject({ stopReason: 'end_turn' })
  expect(editor.text()).toBe('HalfWhole answer')
}

async function showsError(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  const said = editor.say(await editor.open(), 'fail')
  await expect(said).rejects.toMatchObject({
    code: -32603,
    message: 'out of order',
    data: { code: 'model_error' },
  })
}

async function showsUsage(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const editor = await client(placeOf(studio))
  const { _meta } = await editor.say(await editor.open(), 'hi')
  expect(_meta).toMatchObject({
    'fetch-studio': { usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 } },
  })
}

async function keepsTenants(client: typeof openEditor, studio: ScenarioStudio): Promise<void> {
  const own = await client(placeOf(studio))
  const sessionId = await own.open()
  await own.say(sessionId, 'hi')
  const other = await client({ ...placeOf(studio), tenant: 'ben' })
  await expect(other.load(sessionId)).rejects.toMatchObject({ code: -32002 })
  await expect(other.say(sessionId, 'hi')).rejects.toMatchObject({ code: -32002 })
  expect(other.updates).toEqual([])
}
