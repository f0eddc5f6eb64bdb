import type { Approval, ClaimedRun, Claimant, RunChange, RunJournal } from 'fetch-studio'
import type { Content, RunDocument } from './json-file.ts'
import { findSession } from './sessions.ts'

// What happens to one run. Each function changes a document inside a transaction of `JsonFile`.

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export function toJournal(document: RunDocument): RunJournal {
  const { run, messages, turns, toolCalls, approvals } = document
  return { run, messages, turns, toolCalls, approvals }
}

/** Resolves one pending approval and returns it. */
export function resolveApproval(
  document: RunDocument,
  approval: Approval,
  patch: Partial<Approval>,
): Approval {
  const resolved = { ...approval, ...patch }
  document.approvals = document.approvals.map((other) =>
    other.id === approval.id ? resolved : other,
  )
  return resolved
}

/** Resolves every pending approval that the condition holds for. */
function resolveAll(
  document: RunDocument,
  patch: Partial<Approval>,
  condition: (approval: Approval) => boolean = () => true,
): void {
  document.approvals = document.approvals.map((approval) =>
    approval.status === 'pending' && condition(approval) ? { ...approval, ...patch } : approval,
  )
}

export function expireApprovals(document: RunDocument, now: number): void {
  const time = isoTime(now)
  const patch = { status: 'timed_out', resolvedAt: time } as const
  resolveAll(document, patch, ({ expiresAt }) => expiresAt !== null && expiresAt <= time)
}

export function cancelApprovals(document: RunDocument, now: number, reason: string): void {
  const status = 'cancelled'
  resolveAll(document, { status, decisionReason: reason, resolvedAt: isoTime(now) })
}

export function requestCancel(document: RunDocument, now: number, reason: string | null): void {
  const { run } = document
  if (run.endedAt !== null || run.cancelRequestedAt !== null) return
  const time = isoTime(now)
  document.run = { ...run, cancelRequestedAt: time, cancelReason: reason, wakeAt: time }
}

/** Could any claimant take this run over now? */
export function isClaimable(content: Content, { run, serial }: RunDocument, now: number): boolean {
  const time = isoTime(now)
  if (run.endedAt !== null) return false
  if (run.leaseUntil !== null && run.leaseUntil > time) return false
  if (run.cancelRequestedAt !== null) return true
  if (run.status === 'waiting') return run.wakeAt !== null && run.wakeAt <= time
  if (run.status !== 'queued' || run.sessionId === null) return true
  return openRuns(content, run.sessionId)[0]?.serial === serial
}

export function openRuns({ runs }: Content, sessionId: string | null): RunDocument[] {
  if (sessionId === null) return []
  return runs.filter(({ run }) => run.sessionId === sessionId && run.endedAt === null)
}

export function claim(
  content: Content,
  document: RunDocument,
  { owner, leaseMs, now }: Pick<Claimant, 'owner' | 'leaseMs'> & { readonly now: number },
): ClaimedRun {
  expireApprovals(document, now)
  const { run } = document
  const isTakeover = run.leaseUntil !== null // a lease that was not handed back belongs to a lost owner
  document.writes = 0
  document.run = {
    ...run,
    status: 'running',
    epoch: run.epoch + 1,
    attempts: isTakeover ? run.attempts + 1 : 0,
    takeoverSeq: isTakeover ? run.nextSeq : run.takeoverSeq,
    owner,
    leaseUntil: isoTime(now + leaseMs),
    wakeAt: null,
    startedAt: run.startedAt ?? isoTime(now),
  }
  const conversation = findSession(content, run.tenant, run.sessionId)?.messages ?? []
  const before = conversation.slice(0, document.position ?? conversation.length)
  const history = run.sessionId === null ? run.input.history : before.map(({ message }) => message)
  const logBytes = document.log.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0)
  return { history, journal: toJournal(document), logBytes, now }
}

/** Applies a change that was checked before, and returns the runs that became due by it. */
export function apply(
  content: Content,
  document: RunDocument,
  { change, now }: { readonly change: RunChange; readonly now: number },
): readonly string[] {
  const { entries = [], toolCalls = [], approvals = [], turn, usage, release } = change
  document.writes = change.write ?? document.writes + 1
  document.log.push(...entries)
  writeMessages(content, document, { change, now })
  if (turn) document.turns = upsert(document.turns, turn, (other) => other.turn === turn.turn)
  for (const call of toolCalls) {
    const { toolCallId } = call
    document.toolCalls = upsert(
      document.toolCalls,
      call,
      (other) => other.toolCallId === toolCallId,
    )
  }
  document.approvals.push(...approvals)
  const hasSuccess = toolCalls.some(({ state, isError }) => state === 'done' && !isError)
  const observations = [document.turns, document.toolCalls, document.approvals].flat().length
  document.run = {
    ...document.run,
    nextSeq: document.log.length,
    attempts: hasSuccess ? 0 : document.run.attempts,
    turns: document.turns.length,
    observations,
    usage: usage ?? document.run.usage,
  }
  return release ? releaseRun(content, document, { release, now }) : []
}

/** Replaces the item that matches, or adds it at the end. */
function upsert<Item>(
  items: readonly Item[],
  item: Item,
  isSame: (other: Item) => boolean,
): Item[] {
  return items.some(isSame)
    ? items.map((other) => (isSame(other) ? item : other))
    : [...items, item]
}

function writeMessages(
  content: Content,
  document: RunDocument,
  { change: { messages = [], title }, now }: { readonly change: RunChange; readonly now: number },
): void {
  document.messages.push(...messages)
  const { id: runId, tenant, sessionId } = document.run
  const session = findSession(content, tenant, sessionId)
  const isNamed = title !== undefined && session?.session.title === null
  if (!session || (messages.length === 0 && !isNamed)) return
  if (messages.length > 0) document.position ??= session.messages.length
  for (const message of messages) {
    session.messages.push({ ...message, runId, position: session.messages.length })
  }
  session.serial = content.serial++
  session.session = {
    ...session.session,
    title: session.session.title ?? title ?? null,
    messageCount: session.messages.length,
    updatedAt: isoTime(now),
  }
}

function releaseRun(
  content: Content,
  document: RunDocument,
  { release, now }: { readonly release: NonNullable<RunChange['release']>; readonly now: number },
): readonly string[] {
  const { run } = document
  const time = isoTime(now)
  const free = { ...run, owner: null, leaseUntil: null }
  if (release.to === 'yield') {
    document.run = { ...free, wakeAt: time }
    return [run.id]
  }
  if (release.to === 'wait') {
    const isWoken = run.wakeAt !== null || run.cancelRequestedAt !== null
    const expiries = document.approvals.flatMap(({ status, expiresAt }) =>
      status === 'pending' && expiresAt !== null ? [expiresAt] : [],
    )
    const wakeAt = isWoken ? time : (expiries.sort()[0] ?? null)
    document.run = { ...free, status: 'waiting', wakeAt }
    return isWoken ? [run.id] : []
  }
  cancelApprovals(document, now, 'The run ended.')
  const { status, output, error, partial } = release
  document.run = { ...free, status, output, error, partial, wakeAt: null, endedAt: time }
  return openRuns(content, run.sessionId)
    .slice(0, 1)
    .map((next) => next.run.id)
}
