import { type Clock, isoTime } from '../../lib/clock.ts'
import type { Approval } from '../../records/approval.ts'
import type { FactType, OutboxMessage } from '../../records/outbox.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import type { OutboxStore, Settlement, Stores, Subscription } from '../store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { addSubscription } from '../subscriptions.ts'

/** The most messages that are kept, and the most facts that are remembered as noted. */
const maxMessages = 10_000

interface Row {
  message: OutboxMessage
  readonly serial: number
}

/** Messages in order of their facts, and who gets them. */
interface State {
  readonly clock: Clock
  readonly subscriptions: Map<string, Subscription>
  readonly messages: Map<string, Row>
  /** The ids of messages that were noted, the latest last: a fact may be seen twice. */
  readonly noted: Set<string>
  serial: number
}

const known = new WeakMap<Stores, Stores>()

/**
 * Returns the same stores in memory with an outbox beside them, which notes a fact as soon as the stores return it. Equal
 * stores have one outbox. It takes no part in `memoryStores` itself, because most programs do not need it.
 */
export function withMemoryOutbox(stores: Stores, clock: Clock): Stores {
  const existing = known.get(stores)
  if (existing) return existing
  const state: State = {
    clock,
    subscriptions: new Map(),
    messages: new Map(),
    noted: new Set(),
    serial: 0,
  }
  const extended = { ...noteWrites(stores, state), outbox: createOutbox(state) }
  known.set(stores, extended)
  return extended
}

function noteWrites(stores: Stores, state: State): Stores {
  const { runs, approvals } = stores
  const resolved = (found: readonly Approval[]) => {
    for (const approval of found) {
      if (approval.status !== 'pending') noteApproval(state, 'approval.resolved', approval)
    }
  }
  return {
    ...stores,
    runs: {
      ...runs,
      async claim(runId, claimant) {
        const claimed = await runs.claim(runId, claimant)
        resolved(claimed?.journal.approvals ?? []) // those that have expired
        return claimed
      },
      async commit(ref, change) {
        const result = await runs.commit(ref, change)
        if (!result || result.refused) return result
        for (const approval of change.approvals ?? []) {
          noteApproval(state, 'approval.requested', approval)
        }
        if (change.release?.to !== 'end') return result
        const [journal] = await runs.journals([ref.runId])
        if (journal) {
          resolved(journal.approvals)
          noteEnd(state, journal.run)
        }
        return result
      },
      async cancelApprovals(ref, reason) {
        const found = await runs.cancelApprovals(ref, reason)
        resolved(found ?? [])
        return found
      },
    },
    approvals: {
      ...approvals,
      async decide(tenant, id, decision) {
        const result = await approvals.decide(tenant, id, decision)
        if (result) resolved([result.approval])
        return result
      },
    },
  }
}

function noteEnd(state: State, run: RunSummary): void {
  const { id, status, tenant, agentId, sessionId } = run
  if (!isEnded(status)) return
  const subject = { tenant, runId: id, agentId, sessionId, approvalId: null, data: { status } }
  note(state, 'run.ended', { id, ...subject })
}

function noteApproval(state: State, type: FactType, approval: Approval): void {
  const { id, tenant, runId, agentId, sessionId, status, toolName } = approval
  const subject = { tenant, runId, agentId, sessionId, approvalId: id }
  note(state, type, { id, ...subject, data: { status, toolName } })
}

type Subject = Pick<
  OutboxMessage,
  'id' | 'tenant' | 'runId' | 'agentId' | 'sessionId' | 'approvalId' | 'data'
>

/** Notes a fact for everybody whom it concerns, once. */
function note(state: State, type: FactType, { id, ...subject }: Subject): void {
  const { messages, noted, subscriptions } = state
  for (const { target, types, agents, onNote } of subscriptions.values()) {
    if (!types.includes(type) || !(agents?.includes(subject.agentId) ?? true)) continue
    const messageId = `${type.replace('.', '_')}_${id}@${target}`
    if (noted.has(messageId)) continue
    noted.add(messageId)
    const now = isoTime(state.clock.now())
    const fresh = { status: 'pending', attempts: 0, refusals: 0, lastError: null } as const
    const times = { createdAt: now, dueAt: now, settledAt: null }
    const message = { id: messageId, target, type, ...subject, ...fresh, ...times }
    messages.set(messageId, { message, serial: state.serial++ })
    evict(state)
    onNote?.()
  }
}

/** Above the limit, messages that are settled go first, then the oldest. */
function evict({ messages, noted }: State): void {
  for (const id of noted) {
    if (noted.size <= maxMessages * 2) break
    noted.delete(id)
  }
  if (messages.size <= maxMessages) return
  const settled = [...messages].find(([, { message }]) => message.dueAt === null)
  const [oldest] = settled ?? [...messages.keys()]
  if (oldest !== undefined) messages.delete(oldest)
}

function createOutbox(state: State): OutboxStore {
  const { subscriptions, messages, clock } = state
  const patch = (row: Row, fields: Partial<OutboxMessage>): OutboxMessage =>
    (row.message = { ...row.message, ...fields })
  const find = (tenant: string, id: string) => {
    const row = messages.get(id)
    return row?.message.tenant === tenant ? row : null
  }
  return {
    subscribe: (subscription) => addSubscription(subscriptions, subscription),
    async claim(target, limit, leaseMs) {
      const dueAt = isoTime(clock.now() + leaseMs)
      const due = dueRows(state, target).slice(0, limit)
      due.sort((a, b) => a.serial - b.serial)
      return due.map((row) => patch(row, { attempts: row.message.attempts + 1, dueAt }))
    },
    async settle(refs, settlement) {
      for (const { id, attempts } of refs) {
        const row = messages.get(id)
        if (row?.message.attempts !== attempts || row.message.dueAt === null) continue
        if (settlement.to === 'forget') messages.delete(id)
        else patch(row, toSettled(row.message, settlement, clock.now()))
      }
    },
    async list({ tenant, limit, cursor, targets, statuses, runId }) {
      const [after = Infinity] = cursor === null ? [] : decodeCursor(cursor, ['number'])
      const rows = [...messages.values()].reverse().filter(({ message, serial }) => {
        const isShown = message.tenant === tenant && targets.includes(message.target)
        const isOf = runId === null || message.runId === runId
        return (
          isShown && isOf && serial < Number(after) && (statuses?.includes(message.status) ?? true)
        )
      })
      const last = rows[limit - 1]
      const items = rows.slice(0, limit).map(({ message }) => message)
      return { items, cursor: rows.length > limit && last ? encodeCursor([last.serial]) : null }
    },
    get: async (tenant, id) => find(tenant, id)?.message ?? null,
    async redeliver(tenant, id) {
      const row = find(tenant, id)
      if (!row) return null
      const attempts = row.message.status === 'pending' ? row.message.attempts : 0
      const dueAt = isoTime(clock.now())
      return patch(row, { status: 'pending', settledAt: null, refusals: 0, attempts, dueAt })
    },
    async count(target) {
      const own = [...messages.values()].filter(({ message }) => message.target === target)
      const of = (status: string) => own.filter(({ message }) => message.status === status).length
      return { pending: of('pending'), dead: of('dead') }
    },
  }
}

function dueRows({ messages, clock }: State, target: string): Row[] {
  const now = isoTime(clock.now())
  const dueAt = ({ message }: Row) => message.dueAt ?? ''
  return [...messages.values()]
    .filter((row) => row.message.target === target && dueAt(row) !== '' && dueAt(row) <= now)
    .sort((a, b) => dueAt(a).localeCompare(dueAt(b)))
}

function toSettled(
  { refusals }: OutboxMessage,
  settlement: Exclude<Settlement, { to: 'forget' }>,
  now: number,
): Partial<OutboxMessage> {
  if (settlement.to === 'retry') {
    const { delayMs, error, refused } = settlement
    const count = refusals + (refused ? 1 : 0)
    return { dueAt: isoTime(now + delayMs), lastError: error, refusals: count }
  }
  const lastError = settlement.to === 'dead' ? settlement.error : null
  return { status: settlement.to, dueAt: null, settledAt: isoTime(now), lastError }
}
