import { type JsonObject, toJson } from '../../lib/json.ts'
import type { RunSummary } from '../../records/run.ts'
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

/** Shows a trace as in lists: the output is its only payload. */
export function toTraceSummary(run: RunSummary): JsonObject {
  const { trace, metadata } = run.input
  const startedAt = run.startedAt ?? run.createdAt
  return present({
    id: run.traceId,
    externalId: trace?.traceId,
    runId: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    name: trace?.name,
    status: traceStatus[run.status],
    startedAt,
    endedAt: run.endedAt,
    durationMs: run.endedAt === null ? undefined : elapsedMs(startedAt, run.endedAt),
    output: run.output,
    error: run.error && present({ ...run.error }),
    usage: toJson(run.usage),
    metadata: present({
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
