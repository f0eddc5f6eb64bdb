import { type AgentRuntime } from '../module.ts'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Run } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { Agent } from '../agent.ts'
import type { Engine } from '../engine/engine.ts'
import { tenantOf } from './page.ts'
import { toWireRun } from '../views/resources.ts'

/** @throws StudioError `not_found` when no such agent is registered. */
export function requireAgent({ agents }: AgentRuntime, agentId: string | undefined): Agent {
  const agent = agents.get(agentId ?? '')
  if (!agent) throw new StudioError('not_found', 'Agent not found')
  return agent
}

/** @throws StudioError `not_found` when the caller's tenant has no such run. */
export async function requireRun(
  { engineOf }: AgentRuntime,
  runId: string | undefined,
  exchange: Exchange,
): Promise<Run> {
  const run = await engineOf(exchange).stores.runs.get(tenantOf(exchange), runId ?? '')
  if (!run) throw new StudioError('not_found', 'Run not found')
  return run
}

/** @throws StudioError `not_found` when the caller's tenant has no such session. */
export async function requireSession(
  { engineOf }: AgentRuntime,
  sessionId: string | undefined,
  exchange: Exchange,
): Promise<Session> {
  const session = await engineOf(exchange).stores.sessions.get(tenantOf(exchange), sessionId ?? '')
  if (!session) throw new StudioError('not_found', 'Session not found')
  return session
}

/** @throws StudioError `unsupported_capability` when sessions and traces are switched off. */
export function requireStore({ sessions }: AgentRuntime, capability: 'sessions' | 'traces'): void {
  if (sessions) return
  throw new StudioError('unsupported_capability', `This runtime keeps no ${capability}`, {
    details: { capability },
  })
}

/** Reads a run as it stands now, with its pending approvals; as given when it is gone. */
export async function readWireRun({ stores }: Engine, run: Run): Promise<JsonObject> {
  const [journal] = await stores.runs.journals([run.id])
  return toWireRun(journal?.run ?? run, journal?.approvals ?? [])
}
