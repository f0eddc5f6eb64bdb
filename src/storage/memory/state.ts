import { type Clock, isoTime } from '../../lib/clock.ts'
import type { Approval } from '../../records/approval.ts'
import type { Message } from '../../records/message.ts'
import {
  isEnded,
  type LogEntry,
  type Run,
  type RunMessage,
  type ToolCall,
  type Turn,
} from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { Page, SessionMessage } from '../store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'

/** A run and its parts. */
export interface RunRow {
  run: Run
  /** Order of admission, for keyset pages. */
  readonly serial: number
  readonly messages: RunMessage[]
  readonly turns: Map<number, Turn>
  readonly toolCalls: Map<string, ToolCall>
  readonly approvals: Map<string, Approval>
  readonly log: LogEntry[]
  /** Writes of the present claim. */
  writes: number
  /** Where its first message stands in the session; null until there is one. */
  position: number | null
}

/** A session and its parts. */
export interface SessionRow {
  session: Session
  /** Order of the last change, for keyset pages. */
  serial: number
  readonly messages: SessionMessage[]
  /** The same messages without their places: what a model is sent. */
  readonly plain: Message[]
  /** Runs that have not ended, in order of admission. */
  readonly open: string[]
}

/** Where an approval is kept. */
export interface ApprovalRow {
  readonly runId: string
  /** Order of request, for keyset pages. */
  readonly serial: number
}

/** Everything the memory stores share. */
export interface State {
  readonly clock: Clock
  readonly maxRuns: number
  readonly sessions: Map<string, SessionRow>
  /** In order of admission. */
  readonly runs: Map<string, RunRow>
  /** Runs that have not ended. */
  readonly live: Set<string>
  readonly traces: Map<string, string>
  /** By approval id, in order of request. */
  readonly approvals: Map<string, ApprovalRow>
  readonly idempotency: Map<string, { runId: string; fingerprint: string; expires: number }>
  serial: number
}

/** The time as rows keep it. */
export function timestamp(state: State): string {
  return isoTime(state.clock.now())
}

/** Replaces some fields of a run. */
export function patchRun(row: RunRow, patch: Partial<Run>): Run {
  row.run = { ...row.run, ...patch }
  return row.run
}

/** Marks a session as changed and moves it to the end of the map, which is kept in order of `updatedAt`. */
export function touchSession(state: State, row: SessionRow, patch: Partial<Session> = {}): void {
  const { id } = row.session
  row.session = { ...row.session, ...patch, updatedAt: timestamp(state) }
  row.serial = state.serial++
  state.sessions.delete(id)
  state.sessions.set(id, row)
}

/** Turns a pending approval into something final; others stay as they are. */
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

/** Expires what is past its time. */
export function expireApprovals(state: State, row: RunRow): void {
  const now = timestamp(state)
  for (const approval of row.approvals.values()) {
    if (approval.expiresAt !== null && approval.expiresAt <= now) {
      resolveApproval(state, row, approval, { status: 'timed_out' })
    }
  }
}

/** Could this run be claimed at `now`? */
export function isClaimable(state: State, { run }: RunRow, now: string): boolean {
  if (isEnded(run.status)) return false
  if (run.leaseUntil !== null && run.leaseUntil > now) return false
  if (run.cancelRequestedAt !== null) return true
  if (run.status === 'waiting') return run.wakeAt !== null && run.wakeAt <= now
  if (run.status !== 'queued' || run.sessionId === null) return true
  return state.sessions.get(run.sessionId)?.open[0] === run.id
}

/** Deletes a run and all that points to it. */
export function forgetRun(state: State, row: RunRow): void {
  const { id, traceId } = row.run
  state.runs.delete(id)
  state.live.delete(id)
  state.traces.delete(traceId)
  for (const approvalId of row.approvals.keys()) state.approvals.delete(approvalId)
}

/** Cuts a page out of rows in list order; its cursor is the serial of the last row. */
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

/** The serial a page goes on after; null starts at the beginning. */
export function parseCursor(cursor: string | null): number | null {
  const [serial] = cursor === null ? [null] : decodeCursor(cursor, ['number'])
  return typeof serial === 'number' ? serial : null
}
