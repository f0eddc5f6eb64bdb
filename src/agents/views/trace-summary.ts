import type { RunSummary } from '../../records/run.ts'
import type { Agent } from '../agent.ts'
import type { WireTraceSummary } from '../answers/trace-answers.ts'
import { present } from './resources.ts'

/** The status of a trace by the status of its run. */
export const traceStatus = {
  queued: 'running',
  running: 'running',
  waiting: 'running',
  succeeded: 'success',
  failed: 'error',
  cancelled: 'cancelled',
} as const

/** Shows a trace as in lists: the output is its only payload. The agent is absent if it is not registered here. */
export function toTraceSummary(run: RunSummary, agent: Agent | undefined): WireTraceSummary {
  const { trace, metadata } = run.input
  const startedAt = run.startedAt ?? run.createdAt
  return present<WireTraceSummary>({
    id: run.traceId,
    externalId: trace?.traceId,
    runId: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    name: trace?.name,
    status: traceStatus[run.status],
    startedAt,
    endedAt: run.endedAt,
    durationMs: run.endedAt === null ? null : elapsedMs(startedAt, run.endedAt),
    output: run.output,
    error: run.error,
    usage: run.usage,
    metadata: present<WireTraceSummary['metadata']>({
      agentName: agent?.name,
      agentDescription: agent?.description,
      userId: trace?.userId,
      tags: trace?.tags,
      version: trace?.version,
      sessionId: trace?.sessionId,
      maxTurns: run.input.maxTurns,
      runMetadata: metadata,
      metadata: { ...trace?.metadata, agentId: run.agentId },
    }),
    observationCount: run.observations + 1,
  })
}

/** Milliseconds between two times, never negative. */
export function elapsedMs(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}
