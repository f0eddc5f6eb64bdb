import type { RunSummary } from '../../records/run.ts'
import { chatSessionId } from '../shared/chats.ts'

/** The name of the protocol, in the names of its sessions. */
export const protocol = 'a2a'

/**
 * Returns the context of a run: the name that its client made up, else the id of its session, else its own. The run's metadata may say
 * anything, so the name counts only if it leads to the session.
 */
export async function contextIdOf(run: RunSummary): Promise<string> {
  const { tenant, agentId, sessionId, input } = run
  if (sessionId === null) return run.id
  const chatId = input.metadata?.['contextId']
  if (typeof chatId !== 'string') return sessionId
  const named = await chatSessionId(tenant, { protocol, agentId, chatId })
  return named === sessionId ? chatId : sessionId
}
