import { type Clock, isoTime } from '../../lib/clock.ts'
import type { Approval } from '../../records/approval.ts'
import type { Message } from '../../records/message.ts'
import {
  isEnded,
  type LogEntry,
  type Run,
  type RunMessage,
  type RunStatus,
  runStatuses,
  type RunSummary,
  type ToolCall,
  type Turn,
} from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { Page, SessionMessage, StoreCounts } from '../store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'

/** A run with its parts, its log and its place in the session. */
export interface RunRow {
  run: Run
  /** The order of admission, for cursors. */
  readonly serial: number
  readonly messages: RunMessage[]
  readonly turns: Map<number, Turn>
  readonly toolCalls: Map<string, ToolCall>
  readonly approvals: Map<string, Approval>
  readonly log: LogEntry[]
  /** The number of writes in the present claim. */
  writes: number
  /** The position of its first message in the session; null until there is one. */
  position: number | null
}

/** A session with its messages and its open runs. */
export interface SessionRow {
  session: Session
  /** The order of the last change, for cursors. */
  serial: number
  readonly messages: SessionMessage[]
  /** The same messages without positions, as a model receives them. */
  readonly plain: Message[]
  /** Ids of the open runs, in order of admission. */
  readonly open: string[]
}

/** The run that holds an approval. */
export interface ApprovalRow {
  readonly runId: string
  /** The order of request, for cursors. */
  readonly serial: number
}

/** The data that the stores in memory share. */
export interface State {
  readonly clock: Clock
  readonly maxRuns: number
  readonly maxSessions: number
  readonly maxMessages: number
  /** How many messages all sessions have. */
  messages: number
  readonly sessions: Map<string, SessionRow>
  /** In order of admission. */
  readonly runs: Map<string, RunRow>
  /** Ids of the open runs. */
  readonly live: Set<string>
  readonly traces: Map<string, string>
  /** By approval id, in order of request. */
  readonly approvals: Map<string, ApprovalRow>
  readonly idempotency: Map<string, { runId: string; fingerprint: string; expires: number }>
  serial: number
}

/** The current time as records keep it: ISO 8601 UTC with milliseconds. */
export function timestamp(state: State): string {
  return isoTime(state.clock.now())
}

/** A run as it is read outside of a claim. */
export function toSummary({ input, ...run }: Run): RunSummary {
  const { prompt: _prompt, history: _history, clientTools: _tools, ...options } = input
  return { ...run, input: options }
}

/** Replaces some fields of a run and returns it. */
export function patchRun(row: RunRow, patch: Partial<Run>): Run {
  row.run = { ...row.run, ...patch }
  return row.run
}

/** Changes a session and moves it to the end of the map, which is in order of `updatedAt`. */
export function touchSession(state: State, row: SessionRow, patch: Partial<Session> = {}): void {
  const { id } = row.session
  row.session = { ...row.session, ...patch, updatedAt: timestamp(state) }
  row.serial = state.serial++
  state.sessions.delete(id)
  state.sessions.set(id, row)
}

/** Resolves a pending approval. Resolved ones stay unchanged. */
export function resolveApproval(
  state: State,
  row: RunRow,
  approval: Approval,
  patch: Partial<Approval>,
): Approval {
  if (approval.status !== 'pending') return approval
  const resolved = { ...approval, ...patch, resolvedAt: timestamp(state) }
  row.approvals.set(approval.id, resolved)
  return resolved
}

/** Turns the pending approvals that have expired into `timed_out`. */
export function expireApprovals(state: State, row: RunRow): void {
  const now = timestamp(state)
  for (const approval of row.approvals.values()) {
    if (approval.expiresAt !== null && approval.expiresAt <= now) {
      resolveApproval(state, row, approval, { status: 'timed_out' })
    }
  }
}

/** Could any process claim this run at the time `now`? */
export function isClaimable(state: State, { run }: RunRow, now: string): boolean {
  if (isEnded(run.status)) return false
  if (run.leaseUntil !== null && run.leaseUntil > now) return false
  if (run.cancelRequestedAt !== null) return true
  if (run.status === 'waiting') return run.wakeAt !== null && run.wakeAt <= now
  if (run.status !== 'queued' || run.sessionId === null) return true
  return state.sessions.get(run.sessionId)?.open[0] === run.id
}

/** Cuts a page out of rows in list order. Its cursor is the serial of its last row. */
export function toPage<Row extends { readonly serial: number }, Item>(
  rows: Iterable<Row>,
  limit: number,
  item: (row: Row) => Item,
): Page<Item> {
  const items: Item[] = []
  let last: Row | undefined
  for (const row of rows) {
    if (items.length === limit && last !== undefined) {
      return { items, cursor: encodeCursor([last.serial]) }
    }
    items.push(item(row))
    last = row
  }
  return { items, cursor: null }
}

/** Reads the serial after which a page starts; null is the first page. */
export function parseCursor(cursor: string | null): number | null {
  const [serial] = cursor === null ? [null] : decodeCursor(cursor, ['number'])
  return typeof serial === 'number' ? serial : null
}

const maxCount = 10_000

/** Counts what a tenant has. */
export function countRows(state: State, tenant: string): StoreCounts {
  const runs = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<
    RunStatus,
    number
  >
  const approvals = { pending: 0, resolved: 0 }
  for (const row of state.runs.values()) {
    if (row.run.tenant !== tenant) continue
    runs[row.run.status] = Math.min(runs[row.run.status] + 1, maxCount)
    for (const { status } of row.approvals.values()) {
      const kind = status === 'pending' ? 'pending' : 'resolved'
      approvals[kind] = Math.min(approvals[kind] + 1, maxCount)
    }
  }
  const sessions = [...state.sessions.values()].filter(({ session }) => session.tenant === tenant)
  return { sessions: Math.min(sessions.length, maxCount), runs, approvals }
}
