import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Approval } from '../../records/approval.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { Agent } from '../agent.ts'
import type { AgentsModule } from '../module.ts'
import { tenantOf } from './page.ts'

/** Returns the value. @throws StudioError `not_found` when there is none. */
export function requireFound<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new StudioError('not_found', `${what} not found`)
  return value
}

/** @throws StudioError `not_found` when no such agent is registered. */
export function requireAgent({ agents }: AgentsModule, agentId: string): Agent {
  return requireFound(agents.get(agentId), 'Agent')
}

/** @throws StudioError `not_found` when the caller's tenant has no such run. */
export async function requireRun(
  { engineOf }: AgentsModule,
  runId: string,
  exchange: Exchange,
): Promise<RunSummary> {
  const { runs } = engineOf(exchange).stores
  return requireFound(await runs.get(tenantOf(exchange), runId), 'Run')
}

/** @throws StudioError `not_found` when the caller's tenant has no such session. */
export async function requireSession(
  { engineOf }: AgentsModule,
  sessionId: string,
  exchange: Exchange,
): Promise<Session> {
  const { sessions } = engineOf(exchange).stores
  return requireFound(await sessions.get(tenantOf(exchange), sessionId), 'Session')
}

/** @throws StudioError `not_found` when the caller's tenant has no such approval. */
export async function requireApproval(
  { engineOf }: AgentsModule,
  approvalId: string,
  exchange: Exchange,
): Promise<Approval> {
  const { approvals } = engineOf(exchange).stores
  return requireFound(await approvals.get(tenantOf(exchange), approvalId), 'Approval')
}

/** @throws StudioError `unsupported_capability` when sessions and traces are switched off. */
export function requireStore({ sessions }: AgentsModule, capability: 'sessions' | 'traces'): void {
  if (sessions) return
  throw new StudioError('unsupported_capability', `This runtime keeps no ${capability}`, {
    details: { capability },
  })
}
