import { createInterface } from 'node:readline'
import { PassThrough, Readable, Writable } from 'node:stream'
import {
  client as createClient,
  ndJsonStream,
  type NewSessionRequest,
  PROTOCOL_VERSION,
  type PromptResponse,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from '@agentclientprotocol/sdk'
import { onTestFinished } from 'vitest'
import { selectAgent } from '../../../src/cli/acp/select-agent.ts'
import { serveAgent } from '../../../src/cli/acp/serve-agent.ts'
import { createStudioClient } from '../../../src/client.ts'
import { eventually } from '../../support/studio.ts'

/** What the user of an editor does when a permission is asked: an option, `cancelled`, or nothing until `signal` aborts. */
export type Answer = (
  request: RequestPermissionRequest,
  signal: AbortSignal,
) => Promise<RequestPermissionResponse>

export const choose =
  (optionId: string): Answer =>
  async () => ({ outcome: { outcome: 'selected', optionId } })
export const dismiss: Answer = async () => ({ outcome: { outcome: 'cancelled' } })
export const wait: Answer = (_, signal) =>
  new Promise((resolve) => {
    const taken = () => resolve({ outcome: { outcome: 'cancelled' } })
    signal.addEventListener('abort', taken, { once: true })
  })

type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: 'tool_call' | 'tool_call_update' }>

/** An editor that speaks ACP by the official client, over a pair of streams. */
export function createEditor(
  toAgent: Writable,
  fromAgent: Readable,
  { answer = choose('allow'), capabilities = {} }: { answer?: Answer; capabilities?: object } = {},
) {
  const updates: SessionUpdate[] = []
  const asked: RequestPermissionRequest[] = []
  const taken: unknown[] = []
  const connection = createClient({ name: 'test-editor' })
    .onNotification('session/update', ({ params }) => void updates.push(params.update))
    .onRequest('session/request_permission', ({ params, signal }) => {
      asked.push(params)
      signal.addEventListener('abort', () => taken.push(params.toolCall.toolCallId))
      return answer(params, signal)
    })
    .connect(
      ndJsonStream(
        Writable.toWeb(toAgent),
        Readable.toWeb(fromAgent) as unknown as ReadableStream<Uint8Array>,
      ),
    )
  const { agent, closed } = connection
  const close = () => connection.close()
  onTestFinished(close)
  const textOf = (kind: SessionUpdate['sessionUpdate']) =>
    updates
      .flatMap((update) =>
        update.sessionUpdate === kind && 'content' in update && update.content
          ? [update.content as { text?: string }]
          : [],
      )
      .map(({ text = '' }) => text)
      .join('')
  const callUpdates = (toolCallId: string) =>
    updates.filter((one): one is ToolUpdate => 'toolCallId' in one && one.toolCallId === toolCallId)
  const place: NewSessionRequest = { cwd: '/project', mcpServers: [] }
  const editor = {
    agent,
    updates,
    /** The permissions that were asked for. */
    asked,
    /** The calls whose questions were taken back. */
    taken,
    closed,
    close,
    text: () => textOf('agent_message_chunk'),
    thoughts: () => textOf('agent_thought_chunk'),
    said: () => textOf('user_message_chunk'),
    /** What is shown of a tool call, after all updates. */
    call: (toolCallId: string) =>
      Object.assign({}, ...(callUpdates(toolCallId) as object[])) as Partial<ToolUpdate>,
    statuses: (toolCallId: string) => callUpdates(toolCallId).map(({ status }) => status),
    initialize: () =>
      agent.request('initialize', {
        protocolVersion: PROTOCOL_VERSION,
        clientCapabilities: capabilities,
      }),
    async open(): Promise<string> {
      await editor.initialize()
      return (await agent.request('session/new', place)).sessionId
    },
    async load(sessionId: string): Promise<void> {
      await editor.initialize()
      await agent.request('session/load', { ...place, sessionId })
    },
    say: (sessionId: string, text: string): Promise<PromptResponse> =>
      agent.request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] }),
    cancel: (sessionId: string) => agent.notify('session/cancel', { sessionId }),
  }
  return editor
}

/** Where a studio is, and as whom an editor asks it. */
export interface EditorPlace {
  readonly url: string
  readonly fetch: (request: Request) => Promise<Response>
  readonly tenant?: string
  readonly agentId?: string
  readonly answer?: Answer
  readonly capabilities?: object
}

/** Makes the place of a studio in this process. */
export function placeOfStudio(studio: { fetch(request: Request): Response | Promise<Response> }) {
  return { url: 'http://studio.test', fetch: async (request: Request) => studio.fetch(request) }
}

/** Opens an editor whose agent program is in this process: the same code on the same bytes, without a start. */
export async function openEditor(place: EditorPlace) {
  const { answer = choose('allow'), capabilities = {} } = place
  const { input, output, ...program } = await startProgram(place)
  return { ...createEditor(input, output, { answer, capabilities }), ...program }
}

async function startProgram({ url, fetch, tenant = 'anna', agentId }: EditorPlace) {
  const client = createStudioClient({ baseUrl: url, fetch, token: tenant })
  const [input, output] = [new PassThrough(), new PassThrough()]
  const reported: unknown[] = []
  const chosen = await selectAgent(client, agentId)
  const report = (error: unknown) => void reported.push(error)
  const serving = serveAgent({ client, ...chosen, input, output, report })
  onTestFinished(serving.close)
  return { input, output, reported, ended: serving.closed }
}

/** Opens the bare lines of the agent program, for what no client sends. */
export async function openWire(place: EditorPlace) {
  const program = await startProgram(place)
  const messages: Record<string, unknown>[] = []
  createInterface({ input: program.output }).on('line', (line) => {
    messages.push(JSON.parse(line) as Record<string, unknown>)
  })
  const send = (line: string | object) => {
    program.input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
  }
  return {
    ...program,
    messages,
    send,
    /** Sends a line, and resolves to the next message. */
    async ask(line: string | object): Promise<Record<string, unknown>> {
      const count = messages.length
      send(line)
      return eventually(async () => {
        const message = messages[count]
        if (!message) throw new Error('There is no answer')
        return message
      })
    },
  }
}
