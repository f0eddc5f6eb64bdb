import type { Admission, NewRun, Run } from 'fetch-studio'
import type { Content } from './json-file.ts'
import { checkKeys, findSession } from './sessions.ts'
import { isoTime, openRuns, requestCancel } from './transitions.ts'

const dayMs = 86_400_000
const noUsage = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}

/** Admits a run: the idempotency key decides first, then the session, then the run is queued. */
export function admit(content: Content, request: NewRun, now: number): Admission {
  const replay = findReplay(content, request, now)
  if (replay) return replay
  const { tenant, sessionId, onBusy, idempotency, ...fields } = request
  checkKeys({ tenant, agentId: fields.agentId, 'idempotency-key': idempotency?.key ?? '' })
  if (sessionId !== null && !findSession(content, tenant, sessionId)) return { kind: 'no_session' }
  const open = openRuns(content, sessionId)
  const [busy] = open
  if (busy && onBusy === 'reject') return { kind: 'busy', runId: busy.run.id }
  const cancelled = onBusy === 'cancel' ? open : []
  for (const document of cancelled) requestCancel(document, now, 'A newer run took its place.')
  const run = newRun({ ...fields, tenant, sessionId }, now)
  content.runs.push({
    run,
    serial: content.serial++,
    messages: [],
    turns: [],
    toolCalls: [],
    approvals: [],
    log: [],
    writes: 0,
    position: null,
  })
  if (idempotency) {
    content.keys.push({ ...idempotency, tenant, runId: run.id, expires: now + dayMs })
  }
  const ids = cancelled.map((document) => document.run.id)
  return { kind: 'created', run, cancelled: ids, ahead: open.length }
}

function findReplay(
  content: Content,
  { tenant, idempotency }: NewRun,
  now: number,
): Admission | null {
  content.keys = content.keys.filter(({ expires }) => expires > now)
  const known = content.keys.find((key) => key.tenant === tenant && key.key === idempotency?.key)
  const run = content.runs.find((document) => document.run.id === known?.runId)?.run
  if (!known || !run) return null
  const isSameBody = known.fingerprint === idempotency?.fingerprint
  return isSameBody ? { kind: 'replayed', run } : { kind: 'mismatch' }
}

function newRun(fields: Omit<NewRun, 'onBusy' | 'idempotency'>, now: number): Run {
  return {
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
    createdAt: isoTime(now),
    startedAt: null,
    endedAt: null,
    turns: 0,
    observations: 0,
    usage: noUsage,
    output: null,
    error: null,
    partial: null,
  }
}
