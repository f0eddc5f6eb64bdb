import type { RunRow, State } from './state.ts'

/** Above `maxRuns` the oldest ended runs are deleted, open runs never. Their messages stay in their session. */
export function evictRuns(state: State): void {
  if (state.runs.size <= state.maxRuns) return
  for (const row of state.runs.values()) {
    if (state.runs.size <= state.maxRuns) return
    if (!state.live.has(row.run.id)) forgetRun(state, row)
  }
}

/**
 * Above `maxSessions` or `maxMessages` the sessions that changed least recently are deleted. Those with open runs and the one
 * that changed last stay.
 */
export function evictSessions(state: State): void {
  const { sessions, maxSessions, maxMessages } = state
  for (const [id, { open }] of sessions) {
    if (sessions.size <= maxSessions && state.messages <= maxMessages) return
    if (sessions.size > 1 && open.length === 0) forgetSession(state, id)
  }
}

/** Deletes expired idempotency keys, and above `maxRuns` the oldest ones. */
export function evictKeys(state: State): void {
  const now = state.clock.now()
  for (const [key, { expires }] of state.idempotency) {
    if (expires > now && state.idempotency.size <= state.maxRuns) return
    state.idempotency.delete(key)
  }
}

/** Deletes a session with its runs. */
export function forgetSession(state: State, id: string): void {
  for (const row of state.runs.values()) if (row.run.sessionId === id) forgetRun(state, row)
  state.messages -= state.sessions.get(id)?.messages.length ?? 0
  state.sessions.delete(id)
}

/** Deletes a run and everything that refers to it. */
function forgetRun(state: State, row: RunRow): void {
  const { id, traceId } = row.run
  state.runs.delete(id)
  state.live.delete(id)
  state.traces.delete(traceId)
  for (const approvalId of row.approvals.keys()) state.approvals.delete(approvalId)
}
