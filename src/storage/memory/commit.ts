import { hasSuccess, type Run, type RunMessage } from '../../records/run.ts'
import type { CommitResult, RunChange } from '../store.ts'
import { evictSessions } from './evict.ts'
import {
  patchRun,
  resolveApproval,
  type RunRow,
  type SessionRow,
  type State,
  timestamp,
  touchSession,
} from './state.ts'

/** Writes a change. No other code runs in between, so after the checks it is all or nothing. */
export function commitChange(state: State, row: RunRow, change: RunChange): CommitResult {
  const { entries = [], messages = [], toolCalls = [], approvals = [], write } = change
  if (write !== undefined && write === row.writes) return toResult(row, [])
  if (entries[0] && entries[0].seq !== row.log.length) {
    throw new Error(`The log continues at ${row.log.length}`)
  }
  if (isLateSuccess(row.run, change)) return { ...toResult(row, []), refused: true }
  row.writes = write ?? row.writes + 1
  for (const entry of entries) row.log.push(entry)
  writeSession(state, row, messages, change.title)
  if (change.turn) row.turns.set(change.turn.turn, change.turn)
  for (const call of toolCalls) row.toolCalls.set(call.toolCallId, call)
  for (const approval of approvals) {
    row.approvals.set(approval.id, approval)
    state.approvals.set(approval.id, { runId: row.run.id, serial: state.serial++ })
  }
  patchRun(row, {
    nextSeq: row.log.length,
    attempts: hasSuccess(toolCalls) ? 0 : row.run.attempts,
    turns: row.turns.size,
    observations: row.turns.size + row.toolCalls.size + row.approvals.size,
    usage: change.usage ?? row.run.usage,
  })
  const wake = change.release ? releaseRun(state, row, change.release) : []
  return toResult(row, wake)
}

// A cancellation wins over a later success.
function isLateSuccess({ cancelRequestedAt }: Run, { release }: RunChange): boolean {
  return cancelRequestedAt !== null && release?.to === 'end' && release.status === 'succeeded'
}

function toResult({ run }: RunRow, wake: readonly string[]): CommitResult {
  return { cancelRequested: run.cancelRequestedAt !== null, wake }
}

function writeSession(
  state: State,
  row: RunRow,
  messages: readonly RunMessage[],
  title: string | undefined,
): void {
  row.messages.push(...messages)
  const session = sessionOf(state, row)
  const isNamed = title !== undefined && session?.session.title === null
  if (!session || (messages.length === 0 && !isNamed)) return
  if (messages.length > 0) row.position ??= session.messages.length
  for (const { turn, message } of messages) {
    const position = session.messages.length
    session.messages.push({ turn, message, runId: row.run.id, position })
    session.plain.push(message)
  }
  state.messages += messages.length
  touchSession(state, session, {
    messageCount: session.messages.length,
    ...(isNamed ? { title } : {}),
  })
  evictSessions(state)
}

function releaseRun(
  state: State,
  row: RunRow,
  release: NonNullable<RunChange['release']>,
): readonly string[] {
  const now = timestamp(state)
  const free = { owner: null, leaseUntil: null }
  const { id, wakeAt, cancelRequestedAt } = row.run
  if (release.to === 'yield') {
    patchRun(row, { ...free, wakeAt: now })
    return [id]
  }
  if (release.to === 'wait') {
    const woken = wakeAt !== null || cancelRequestedAt !== null
    patchRun(row, { ...free, status: 'waiting', wakeAt: woken ? now : earliestExpiry(row) })
    return woken ? [id] : []
  }
  for (const approval of row.approvals.values()) {
    resolveApproval(state, row, approval, { status: 'cancelled', decisionReason: 'The run ended.' })
  }
  const { status, output, error, partial } = release
  patchRun(row, { ...free, wakeAt: null, status, output, error, partial, endedAt: now })
  state.live.delete(id)
  return leaveSession(state, row)
}

function earliestExpiry(row: RunRow): string | null {
  const times = [...row.approvals.values()].flatMap(({ status, expiresAt }) =>
    status === 'pending' && expiresAt !== null ? [expiresAt] : [],
  )
  return times.sort()[0] ?? null
}

// Removes the run from its session and returns the next open run, which is now due.
function leaveSession(state: State, row: RunRow): string[] {
  const session = sessionOf(state, row)
  if (!session) return []
  const place = session.open.indexOf(row.run.id)
  if (place >= 0) session.open.splice(place, 1)
  touchSession(state, session)
  return session.open.slice(0, 1)
}

function sessionOf(state: State, { run }: RunRow): SessionRow | undefined {
  return run.sessionId === null ? undefined : state.sessions.get(run.sessionId)
}
