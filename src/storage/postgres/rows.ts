import type { Json } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import type {
  LogEntry,
  Run,
  RunMessage,
  RunProgress,
  RunSummary,
  ToolCall,
  Turn,
} from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import { typeOfEntry } from '../entry-type.ts'
import type { SqlRow } from './client.ts'

/** Reads a time. Records keep times as ISO 8601 UTC with milliseconds. Drivers return a `Date`, `to_jsonb` a text. */
export function toTime(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return (value instanceof Date ? value : new Date(String(value))).toISOString()
}

/** Reads a time that is never null. */
export function requireTime(value: unknown): string {
  return toTime(value) ?? new Date(0).toISOString()
}

/** Reads a run from a row of `wholeRun`. */
export function toRun(row: SqlRow): Run {
  return { ...toSummary(row), input: row['input'] as Run['input'] }
}

/** Reads a run without its prompt and history from a row of `runColumns`. */
export function toSummary(row: SqlRow): RunSummary {
  return {
    id: String(row['id']),
    tenant: String(row['tenant']),
    agentId: String(row['agent_id']),
    sessionId: row['session_id'] as string | null,
    traceId: String(row['trace_id']),
    status: row['status'] as Run['status'],
    epoch: Number(row['epoch']),
    owner: row['owner'] as string | null,
    leaseUntil: toTime(row['lease_until']),
    wakeAt: toTime(row['wake_at']),
    attempts: Number(row['attempts']),
    nextSeq: Number(row['next_seq']),
    takeoverSeq: row['takeover_seq'] as number | null,
    cancelRequestedAt: toTime(row['cancel_requested_at']),
    cancelReason: row['cancel_reason'] as string | null,
    createdAt: requireTime(row['created_at']),
    startedAt: toTime(row['started_at']),
    endedAt: toTime(row['ended_at']),
    input: row['input'] as RunSummary['input'],
    turns: Number(row['turns']),
    observations: Number(row['observations']),
    usage: row['usage'] as Run['usage'],
    output: row['output'] as string | null,
    error: row['error'] as Run['error'],
    partial: row['partial'] as Run['partial'],
    startedBy: row['started_by'] as string | null,
  }
}

/** Reads how far a run has come. */
export function toProgress(row: SqlRow): RunProgress {
  return {
    id: String(row['id']),
    status: row['status'] as Run['status'],
    nextSeq: Number(row['next_seq']),
    takeoverSeq: row['takeover_seq'] as number | null,
  }
}

/** Reads a session from its row. */
export function toSession(row: SqlRow): Session {
  return {
    id: String(row['id']),
    tenant: String(row['tenant']),
    agentId: String(row['agent_id']),
    title: row['title'] as string | null,
    metadata: row['metadata'] as Session['metadata'],
    createdAt: requireTime(row['created_at']),
    updatedAt: requireTime(row['updated_at']),
    messageCount: Number(row['message_count']),
  }
}

/** The fields of an approval that never change, stored as one JSON value. */
export type ApprovalDescription = Pick<
  Approval,
  | 'toolName'
  | 'toolCallId'
  | 'internalCallId'
  | 'args'
  | 'requestReason'
  | 'metadata'
  | 'clientTool'
>

/** Reads an approval from its row. */
export function toApproval(row: SqlRow): Approval {
  const description = row['data'] as ApprovalDescription
  const status = row['status'] as Approval['status']
  const { clientTool } = description
  return {
    id: String(row['id']),
    tenant: String(row['tenant']),
    runId: String(row['run_id']),
    agentId: String(row['agent_id']),
    sessionId: row['session_id'] as string | null,
    toolName: description.toolName,
    toolCallId: description.toolCallId,
    internalCallId: description.internalCallId,
    args: description.args,
    input: row['input'] as Approval['input'],
    status,
    requestedAt: requireTime(row['requested_at']),
    resolvedAt: toTime(row['resolved_at']),
    requestReason: description.requestReason,
    decisionReason: row['decision_reason'] as string | null,
    decidedBy: row['decided_by'] as string | null,
    expiresAt: toTime(row['expires_at']),
    metadata: description.metadata,
    ...(clientTool ? { clientTool } : {}),
    // null is an output too: the status says whether there is one
    ...(clientTool && status === 'approved' ? { output: row['output'] as Json } : {}),
  }
}

/** Reads the parts of a run from the columns that `selectParts` adds to its row. */
export function toParts(row: SqlRow): {
  messages: RunMessage[]
  turns: Turn[]
  toolCalls: ToolCall[]
  approvals: Approval[]
} {
  return {
    messages: (row['messages'] ?? []) as RunMessage[],
    turns: (row['run_turns'] ?? []) as Turn[],
    toolCalls: (row['tool_calls'] ?? []) as ToolCall[],
    approvals: ((row['approvals'] ?? []) as SqlRow[]).map(toApproval),
  }
}

/** Reads log entries from a stored batch: one line each, with `type` first as `toOpenJson` writes it. */
export function toEntries(row: SqlRow): LogEntry[] {
  const first = Number(row['first_seq'])
  return String(row['lines'])
    .split('\n')
    .map((json, index) => ({ seq: first + index, type: typeOfEntry(json), json }))
}
