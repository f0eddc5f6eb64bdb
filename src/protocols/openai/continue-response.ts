import { tenantOf } from '../../agents/http/page.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Message } from '../../records/message.ts'
import { isEnded } from '../../records/run.ts'
import { findChat, findLastRun, openChat } from '../shared/chats.ts'
import { refusal } from './api-errors.ts'
import type { ReadInput } from './input-items.ts'
import type { ResponsePart } from './response-part.ts'
import type { ResponseRequest } from './response-request.ts'

/** What a new run begins with. */
export interface Beginning {
  readonly message: Message
  readonly history?: Message[]
  readonly sessionId?: string
  /** Deletes what was created for the run alone, if the run is not admitted. */
  undo?(): Promise<unknown>
}

interface Call {
  readonly module: AgentsModule
  readonly exchange: Exchange
  readonly agentId: string
}

/** How many runs an input may refer to by their items. */
const maxReferences = 100

/**
 * Decides where a response goes on: in the session of the one before, in a session that the client names, in a new one, or
 * after a history, where the client sent one.
 *
 * @throws StudioError `bad_request` where the response before is not the last one, `conflict` while it is not done.
 */
export async function beginResponse(
  call: Call,
  request: ResponseRequest,
  { input, previous }: { readonly input: ReadInput; readonly previous: ResponsePart | null },
): Promise<Beginning> {
  const messages = await readMessages(call, input)
  if (previous) return continueResponse(call, previous, messages)
  const { conversation, store } = request
  if (conversation) return continueConversation(call, conversation, messages)
  const { message, history } = splitLast(messages)
  const hasSession = store !== false && call.module.sessions && history.length === 0
  return hasSession ? { message, ...(await createSession(call)) } : { message, history }
}

async function continueResponse(
  call: Call,
  previous: ResponsePart,
  messages: readonly Message[],
): Promise<Beginning> {
  const { module, exchange } = call
  const { run, pause, id } = previous
  const param = { param: 'previous_response_id' }
  const { stores } = module.engineOf(exchange)
  const isOpen = !isEnded(run.status)
  if (isOpen && pause) {
    throw refusal('conflict', `Response '${id}' waits for responses to its approval requests.`, {
      param: 'input',
    })
  }
  if (isOpen) throw refusal('conflict', `Response '${id}' is still in progress.`, param)
  if (run.sessionId === null) {
    const [journal] = await stores.runs.journals([run.id])
    if (!journal) throw refusal('not_found', `Response with id '${id}' not found.`, param)
    const before = [...journal.run.input.history, ...journal.messages.map((one) => one.message)]
    return splitLast([...before, ...messages])
  }
  const session = await stores.sessions.get(tenantOf(exchange), run.sessionId)
  const last = session && (await findLastRun(module, exchange, session))
  if (last?.id !== run.id) {
    const message = `Response '${id}' was continued already: a stored conversation has no branches.`
    throw refusal('bad_request', message, param)
  }
  return { message: joinUserMessages(messages), sessionId: run.sessionId }
}

async function continueConversation(
  { module, exchange, agentId }: Call,
  conversation: NonNullable<ResponseRequest['conversation']>,
  messages: readonly Message[],
): Promise<Beginning> {
  const chatId = typeof conversation === 'string' ? conversation : conversation.id
  const session = await findChat(module, exchange, { protocol: 'openai', agentId, chatId })
  if (session) return { message: joinUserMessages(messages), sessionId: session.id }
  const message = `Conversation with id '${chatId.slice(0, 250)}' not found.`
  throw refusal('not_found', message, { param: 'conversation' })
}

/** A request with an idempotency key finds the session of the first one. */
async function createSession({ module, exchange, agentId }: Call) {
  const { stores, ids } = module.engineOf(exchange)
  const key = exchange.request.headers.get('idempotency-key')
  if (key !== null) {
    const chat = { protocol: 'openai', agentId, chatId: `key:${key}` }
    return { sessionId: (await openChat(module, exchange, chat)).id }
  }
  const tenant = tenantOf(exchange)
  const metadata = { protocol: 'openai' }
  const { id } = await stores.sessions.create({
    id: ids.uuid(),
    tenant,
    agentId,
    title: null,
    metadata,
  })
  return { sessionId: id, undo: () => stores.sessions.delete(tenant, id) }
}

/** Replaces references to earlier items by what their runs said. */
async function readMessages(
  { module, exchange, agentId }: Call,
  { entries }: ReadInput,
): Promise<Message[]> {
  const { stores } = module.engineOf(exchange)
  if (entries.filter(({ kind }) => kind === 'run').length > maxReferences) {
    const message = `The input refers to more than ${maxReferences} responses.`
    throw refusal('bad_request', message, { param: 'input' })
  }
  const messages = await Promise.all(
    entries.map(async (entry) => {
      if (entry.kind === 'message') return [entry.message]
      const run = await stores.runs.get(tenantOf(exchange), entry.runId)
      const [journal] = run?.agentId === agentId ? await stores.runs.journals([run.id]) : []
      if (journal) return journal.messages.filter(({ turn }) => turn > 0).map((one) => one.message)
      const { param, runId } = entry
      throw refusal('not_found', `Item '${runId.slice(0, 100)}' not found.`, { param })
    }),
  )
  return messages.flat()
}

/** Several messages of a user are one, because a session takes one at a time. */
function joinUserMessages(messages: readonly Message[]): Message {
  const content = messages.flatMap((message) => {
    if (message.role === 'user') return message.content
    const text = `A stored conversation takes messages of the user alone, not of role '${message.role}'.`
    throw refusal('bad_request', text, { param: 'input' })
  })
  if (content.length > 0) return { role: 'user', content }
  throw refusal('bad_request', 'The input has no message.', { param: 'input' })
}

/** @throws StudioError `bad_request` unless the last message is the user's. */
export function splitLast(messages: readonly Message[], param = 'input') {
  const message = messages.at(-1)
  if (message?.role === 'user') return { message, history: messages.slice(0, -1) }
  throw refusal('bad_request', 'The last message must be one of the user.', { param })
}
