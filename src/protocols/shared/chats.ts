import { requireStore } from '../../agents/http/require.ts'
import { tenantOf } from '../../agents/http/page.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { canonicalJson, sha256 } from '../../lib/checksum.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'

/** A conversation as a client names it. */
export interface ChatName {
  /** The protocol, so that equal ids of two protocols are two conversations. */
  readonly protocol: string
  readonly agentId: string
  /** The id that the client made up, or the id of a session of this agent. */
  readonly chatId: string
}

/**
 * Resolves to the session of a chat, or to null if the caller has no such chat with this agent.
 *
 * @throws StudioError `unsupported_capability` when sessions are switched off.
 */
export async function findChat(
  module: AgentsModule,
  exchange: Exchange,
  chat: ChatName,
): Promise<Session | null> {
  requireStore(module, 'sessions')
  const { sessions } = module.engineOf(exchange).stores
  const tenant = tenantOf(exchange)
  const named = await sessions.get(tenant, chat.chatId)
  if (named?.agentId === chat.agentId) return named
  const session = await sessions.get(tenant, await chatSessionId(tenant, chat))
  return session?.agentId === chat.agentId ? session : null
}

/** Resolves to the session of a chat, which is created at the first message. */
export async function openChat(
  module: AgentsModule,
  exchange: Exchange,
  chat: ChatName,
): Promise<Session> {
  const found = await findChat(module, exchange, chat)
  if (found) return found
  const tenant = tenantOf(exchange)
  try {
    return await module.engineOf(exchange).stores.sessions.create({
      id: await chatSessionId(tenant, chat),
      tenant,
      agentId: chat.agentId,
      title: null,
      metadata: { protocol: chat.protocol, chatId: chat.chatId },
    })
  } catch (error) {
    // another request of the same chat was faster
    const isTaken = error instanceof StudioError && error.code === 'conflict'
    const session = isTaken ? await findChat(module, exchange, chat) : null
    if (!session) throw error
    return session
  }
}

/** Resolves to the run of a session that was admitted last; null for none. */
export async function findLastRun(
  module: AgentsModule,
  exchange: Exchange,
  { id, agentId }: Session,
): Promise<RunSummary | null> {
  const { items } = await module.engineOf(exchange).stores.runs.list({
    tenant: tenantOf(exchange),
    limit: 1,
    cursor: null,
    statuses: null,
    agentId,
    sessionId: id,
  })
  return items[0] ?? null
}

/** Returns the id of the session that a chat has. Nobody can name that of another tenant or agent: both are part of it. */
export async function chatSessionId(
  tenant: string,
  { protocol, agentId, chatId }: ChatName,
): Promise<string> {
  const hex = await sha256(canonicalJson([tenant, agentId, protocol, chatId]))
  // version 8 of RFC 9562: a value of our own
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
