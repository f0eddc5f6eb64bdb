import { z } from 'zod'
import { requireAgent, requireStore } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import { noContent } from '../../http/respond.ts'
import { defineRoute, type LazySchema, type Route } from '../../http/route.ts'
import { isEnded } from '../../records/run.ts'
import { findChat, findLastRun } from '../shared/chats.ts'
import { chatRequestSchema } from './chat-request.ts'
import { type SdkVersion, sdkQuery } from './sdk-version.ts'
import type { UiMessages } from './ui-answers.ts'

const event: LazySchema = async () => (await import('./ui-answers.ts')).uiChunk
const messages: LazySchema<UiMessages> = async () => (await import('./ui-answers.ts')).uiMessages
const media = ['text/event-stream'] as const

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, in plain digits')
  .transform(Number)

/** The routes of a chat: one to send, one to resume, and one to load. */
export function chatRoutes(module: AgentsModule, defaultSdk: SdkVersion): Route[] {
  const check = ({ agentId }: { readonly agentId: string }) => {
    requireAgent(module, agentId)
    requireStore(module, 'sessions')
  }
  return [
    ...streamRoutes(module, { defaultSdk, check }),
    defineRoute({
      name: 'read_ui_messages',
      operationId: 'readUiMessages',
      tags: ['protocols'],
      errors: ['not_found', 'unsupported_capability'],
      answer: messages,
      method: 'GET',
      path: '/agents/:agentId/chat/:chatId',
      summary: 'The messages of a chat, for useChat; none for a chat that has not begun',
      check,
      query: z.object({
        sdk: sdkQuery,
        messageLimit: wholeNumber.pipe(z.number().min(1).max(1000)).default(1000),
        before: wholeNumber.optional(),
      }),
      async handle({ params, query }, exchange) {
        const session = await findChat(module, exchange, { protocol: 'ai-sdk-ui', ...params })
        if (!session) return { messages: [] }
        const { readUiMessages } = await import('./read-messages.ts')
        const { sdk = defaultSdk, messageLimit: limit, before = null } = query
        return readUiMessages(module, exchange, { session, sdk, limit, before })
      },
    }),
  ]
}

interface RouteParts {
  readonly defaultSdk: SdkVersion
  check(params: { readonly agentId: string }): void
}

function streamRoutes(module: AgentsModule, { defaultSdk, check }: RouteParts): Route[] {
  return [
    defineRoute({
      name: 'send_ui_message',
      operationId: 'sendUiMessage',
      tags: ['protocols'],
      errors: ['not_found', 'conflict', 'unprocessable', 'rate_limited', 'unsupported_capability'],
      answers: {},
      stream: { media, event },
      method: 'POST',
      path: '/agents/:agentId/chat',
      summary: 'Send a message of useChat, or its answers to approvals',
      check,
      query: z.object({ sdk: sdkQuery }),
      body: chatRequestSchema,
      attachments: true,
      async handle({ params: { agentId }, query: { sdk = defaultSdk }, body }, exchange) {
        const { sendMessage } = await import('./send-message.ts')
        return sendMessage(module, exchange, { agentId, body, sdk })
      },
    }),
    defineRoute({
      name: 'resume_ui_message',
      operationId: 'resumeUiMessage',
      tags: ['protocols'],
      errors: ['not_found', 'rate_limited', 'unsupported_capability'],
      answers: { 204: null },
      stream: { media, event },
      method: 'GET',
      path: '/agents/:agentId/chat/:chatId/stream',
      summary: 'Stream the message that is being written, from its beginning; 204 when none is',
      check,
      query: z.object({ sdk: sdkQuery }),
      handle: ({ params, query: { sdk = defaultSdk } }, exchange) =>
        resumeChat(module, exchange, { ...params, sdk }),
    }),
  ]
}

/** A run that waits for people is shown too, up to where it waits: its reader may have missed the request. */
async function resumeChat(
  module: AgentsModule,
  exchange: Exchange,
  { sdk, ...chat }: { agentId: string; chatId: string; sdk: SdkVersion },
): Promise<Response> {
  const session = await findChat(module, exchange, { protocol: 'ai-sdk-ui', ...chat })
  const run = session && (await findLastRun(module, exchange, session))
  if (!run || isEnded(run.status)) return noContent()
  const { streamChat, uiHeaders } = await import('./stream-chat.ts')
  if (exchange.method === 'HEAD') {
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...uiHeaders }
    return new Response(null, { headers })
  }
  module.engineOf(exchange).checkReaders(run.tenant, run.id)
  return streamChat(module, exchange, { run, sdk, cancels: false })
}
