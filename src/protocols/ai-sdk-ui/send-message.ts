import { startRun } from '../../agents/http/creation/start-run.ts'
import type { RunRequest } from '../../agents/http/creation/run-request.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Session } from '../../records/session.ts'
import { findLastRun, openChat } from '../shared/chats.ts'
import { answerApprovals } from './answer-approvals.ts'
import { type ChatRequest, findTarget, type TargetMessage } from './chat-request.ts'
import type { SdkVersion } from './sdk-version.ts'
import { streamChat } from './stream-chat.ts'
import { type ReadMessage, readUserMessage } from './user-message.ts'

/** A request of `useChat` to one agent. */
export interface ChatCall {
  readonly agentId: string
  readonly body: ChatRequest
  readonly sdk: SdkVersion
}

/** Starts a run for a message of the user, or decides the approvals that the client answered; responds with the stream. */
export async function sendMessage(
  module: AgentsModule,
  exchange: Exchange,
  call: ChatCall,
): Promise<Response> {
  if (call.body.trigger === 'regenerate-message') throw keepsAnswers()
  const target = findTarget(call.body)
  if (target?.message.role === 'assistant') {
    return answerApprovals(module, exchange, { ...call, target })
  }
  if (target?.message.role === 'user') return startChatRun(module, exchange, { ...call, target })
  throw new StudioError('bad_request', 'The last message is not one of the user', {
    details: [{ path: 'messages', message: 'the last one must be of the user or the assistant' }],
  })
}

/** A second answer would follow the first one. @see docs/decisions/212-the-stored-conversation-wins.md */
function keepsAnswers(): StudioError {
  const message = 'The conversation is stored and an answer in it stays: send a new message'
  return new StudioError('unprocessable', message, {
    details: [{ path: 'trigger', message: 'regenerate-message is not supported' }],
  })
}

async function startChatRun(
  module: AgentsModule,
  exchange: Exchange,
  { agentId, body, sdk, target }: ChatCall & { readonly target: TargetMessage },
): Promise<Response> {
  const read = readUserMessage(target)
  const chat = { protocol: 'ai-sdk-ui', agentId, chatId: body.id }
  const session = await openChat(module, exchange, chat)
  const { id: messageId } = target.message
  await refuseWhileWaiting(module, exchange, { session, messageId })
  const { model, metadata, cancelOnDisconnect } = body
  const request: RunRequest = {
    message: read.message,
    sessionId: session.id,
    stream: true,
    metadata: { ...metadata, messageId },
    model,
    cancelOnDisconnect,
  }
  const { run, call } = await startRun(module, exchange, {
    agentId,
    body: request,
    prefer: { respondAsync: false, wait: null },
    idempotencyKey: `ai-sdk-ui:${session.id}:${messageId}`,
  }).catch((error: unknown) => {
    throw explain(error, target, read)
  })
  return streamChat(module, exchange, { run, sdk, cancels: call.cancels })
}

/** A message that is queued behind an open approval would wait as long as people do. Repeating the message that waits is fine. */
async function refuseWhileWaiting(
  module: AgentsModule,
  exchange: Exchange,
  { session, messageId }: { readonly session: Session; readonly messageId: string },
): Promise<void> {
  const last = await findLastRun(module, exchange, session)
  if (last?.status !== 'waiting' || last.input.metadata?.['messageId'] === messageId) return
  const pending = await module.engineOf(exchange).stores.approvals.pendingOf([last.id])
  if (pending.length === 0) return
  throw new StudioError('conflict', 'The chat waits for an approval: answer it first', {
    details: { runId: last.id, approvalIds: pending.map(({ id }) => id) },
  })
}

/** Says a refusal of a run in terms of the request: its fields, and the id of the message. */
function explain(error: unknown, { message, index }: TargetMessage, { partOf }: ReadMessage) {
  if (!(error instanceof StudioError)) return error
  const { code, details, headers } = error
  if (code === 'unprocessable') {
    const text = 'A message with this id was sent with other content: a message that was sent stays'
    const path = `messages.${index}.id`
    return new StudioError(code, text, {
      details: [{ path, message: `${message.id} is in use` }],
      cause: error,
    })
  }
  if (code !== 'bad_request' || !Array.isArray(details)) return error
  const rename = ({ path, ...fault }: SchemaFault) => {
    const at = /^message\.content\.(\d+)/.exec(path)?.[1]
    return {
      ...fault,
      path: at === undefined ? path : `messages.${index}.parts.${partOf[Number(at)] ?? at}`,
    }
  }
  return new StudioError(code, error.message, {
    details: (details as SchemaFault[]).map(rename),
    headers,
    cause: error,
  })
}
