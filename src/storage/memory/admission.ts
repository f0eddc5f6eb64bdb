import type { Run } from '../../records/run.ts'
import { noUsage } from '../../records/usage.ts'
import type { Admission, NewRun } from '../store.ts'
import { checkNewRun } from '../keys.ts'
import { evictKeys, evictRuns } from './evict.ts'
import { patchRun, type SessionRow, type State, timestamp, toSummary } from './state.ts'

const dayMs = 86_400_000

/** Admits a run: checks the idempotency key first, then the session, then inserts the run as queued. */
export function admit(state: State, request: NewRun): Admission {
  checkNewRun(request)
  const replay = findReplay(state, request)
  if (replay) return replay
  const session = request.sessionId === null ? null : state.sessions.get(request.sessionId)
  if (session === undefined || (session && session.session.tenant !== request.tenant)) {
    return { kind: 'no_session' }
  }
  const [busy] = session?.open ?? []
  if (busy !== undefined && request.onBusy === 'reject') return { kind: 'busy', runId: busy }
  const { maxOpenRuns = Infinity } = request
  if (request.onBusy === 'enqueue' && (session?.open.length ?? 0) >= maxOpenRuns) {
    return { kind: 'full' }
  }
  const cancelled = request.onBusy === 'cancel' ? cancelOpenRuns(state, session) : []
  const ahead = session?.open.length ?? 0
  const run = insert(state, request)
  session?.open.push(run.id)
  saveKey(state, request)
  evictRuns(state)
  return { kind: 'created', run: toSummary(run), cancelled, ahead }
}

function findReplay(state: State, { tenant, idempotency }: NewRun): Admission | null {
  if (!idempotency) return null
  const known = state.idempotency.get(JSON.stringify([tenant, idempotency.key]))
  if (!known || known.expires <= state.clock.now()) return null
  const row = state.runs.get(known.runId)
  if (!row) return null
  if (known.fingerprint !== idempotency.fingerprint) return { kind: 'mismatch' }
  return { kind: 'replayed', run: toSummary(row.run) }
}

function saveKey(state: State, { id, tenant, idempotency }: NewRun): void {
  evictKeys(state)
  if (!idempotency) return
  const now = state.clock.now()
  const { key, fingerprint } = idempotency
  const slot = JSON.stringify([tenant, key])
  state.idempotency.delete(slot)
  state.idempotency.set(slot, { runId: id, fingerprint, expires: now + dayMs })
}

function cancelOpenRuns(state: State, session: SessionRow | null): string[] {
  const open = [...(session?.open ?? [])]
  for (const id of open) {
    const row = state.runs.get(id)
    if (row) requestCancel(state, id, 'A newer run took its place.')
  }
  return open
}

/** Requests the cancellation of a run. The first reason stays; ended runs stay unchanged. */
export function requestCancel(state: State, id: string, reason: string | null): Run | null {
  const row = state.runs.get(id)
  if (!row) return null
  if (!state.live.has(id) || row.run.cancelRequestedAt !== null) return row.run
  const now = timestamp(state)
  return patchRun(row, { cancelRequestedAt: now, cancelReason: reason, wakeAt: now })
}

function insert(state: State, request: NewRun): Run {
  const { onBusy: _onBusy, maxOpenRuns: _max, idempotency: _idempotency, ...fields } = request
  const run: Run = {
    ...fields,
    status: 'queued',
    epoch: 0,
    owner: null,
    leaseUntil: null,
    wakeAt: null,
    attempts: 0,
    nextSeq: 0,
    takeoverSeq: null,
    cancelRequestedAt: null,
    cancelReason: null,
    createdAt: timestamp(state),
    startedAt: null,
    endedAt: null,
    turns: 0,
    observations: 0,
    usage: noUsage,
    output: null,
    error: null,
    partial: null,
  }
  state.runs.set(run.id, {
    run,
    serial: state.serial++,
    messages: [],
    turns: new Map(),
    toolCalls: new Map(),
    approvals: new Map(),
    log: [],
    writes: 0,
    position: null,
  })
  state.live.add(run.id)
  state.traces.set(run.traceId, run.id)
  return run
}
