import type { FactType } from '../../records/outbox.ts'
import type { EndedStatus } from '../../records/run.ts'
import type { ApprovalStatus } from '../../records/approval.ts'
import type { Usage } from '../../records/usage.ts'
import type { RelayChannel } from '../relay/drain.ts'
import { forEachRun, type Told } from '../relay/journals.ts'
import { callingSpanOf } from './span-base.ts'

/** One fact for a log. Members that are unknown or do not apply are absent. There are no contents in it. */
export interface LogRecord {
  /** When it happened: ISO 8601, UTC. */
  readonly time: string
  /** `error` for a run that failed. */
  readonly level: 'info' | 'error'
  readonly event: FactType
  readonly runId: string
  readonly agentId: string
  readonly sessionId?: string
  /** Absent for callers without a tenant. */
  readonly tenant?: string
  /** The trace of the spans of the run. */
  readonly traceId?: string
  readonly status: EndedStatus | ApprovalStatus
  /** From the start of the run to its end, waits for people included. */
  readonly durationMs?: number
  readonly turns?: number
  readonly usage?: Usage
  /** Why the run failed: the code, and the name of the error. */
  readonly error?: { readonly code: string; readonly name: string }
  readonly approvalId?: string
  readonly toolName?: string
}

/** Creates the channel that calls a function for each fact. */
export function logChannel(log: (record: LogRecord) => unknown): RelayChannel {
  return {
    target: 'log',
    types: ['run.ended', 'approval.requested', 'approval.resolved'],
    agents: null,
    batch: 50,
    leaseMs: 60_000,
    async deliver(messages, host) {
      await forEachRun(messages, host, async (told) => {
        for (const one of told) {
          try {
            await log(toRecord(one))
          } catch (error) {
            host.onError(error) // a logger that fails must not stop what follows
          }
        }
        await host.outbox.settle(
          told.map(({ message }) => message),
          { to: 'forget' },
        )
      })
      return true
    },
  }
}

function toRecord({ message, journal }: Told): LogRecord {
  const { type, runId, agentId, sessionId, tenant, approvalId, data, createdAt } = message
  const run = journal?.run
  const approval = journal?.approvals.find(({ id }) => id === approvalId)
  const ended = type === 'run.ended' ? run : undefined
  const started = ended?.startedAt ?? ended?.createdAt
  const toolName = approval?.toolName ?? data['toolName']
  return {
    time: createdAt,
    level: data['status'] === 'failed' ? 'error' : 'info',
    event: type,
    runId,
    agentId,
    ...(sessionId === null ? {} : { sessionId }),
    ...(tenant === '' ? {} : { tenant }),
    ...(run ? { traceId: callingSpanOf(run).traceId } : {}),
    status: data['status'] as LogRecord['status'],
    ...(ended?.endedAt && started
      ? { durationMs: Math.max(0, Date.parse(ended.endedAt) - Date.parse(started)) }
      : {}),
    ...(ended ? { turns: ended.turns, usage: ended.usage } : {}),
    ...(ended?.error ? { error: { code: ended.error.code, name: ended.error.name } } : {}),
    ...(approvalId === null ? {} : { approvalId }),
    ...(typeof toolName === 'string' ? { toolName } : {}),
  }
}
