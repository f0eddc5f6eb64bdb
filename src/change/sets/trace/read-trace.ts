import { sha256 } from '../../../lib/checksum.ts'
import { isoTime } from '../../../lib/clock.ts'
import { type ChangeEvent, type ChangeSet, isOpen } from '../../../records/change.ts'
import type { WireChangeSpan, WireChangeTrace } from './trace-answers.ts'

/** A span before it has an id. `of` is the position of the span that it is a part of. */
type Draft = Omit<WireChangeSpan, 'id' | 'parent_id' | 'ms'> & { readonly of: number | null }

/** What begins with an event, and how the events that end it are judged. */
const parts: Readonly<
  Partial<
    Record<
      ChangeEvent['type'],
      {
        readonly kind: WireChangeSpan['kind']
        readonly ends: Readonly<Partial<Record<ChangeEvent['type'], 'success' | 'error'>>>
      }
    >
  >
> = {
  apply_started: { kind: 'apply', ends: { applied: 'success', apply_undone: 'error' } },
  rollback_started: {
    kind: 'rollback',
    ends: { rolled_back: 'success', rollback_undone: 'error' },
  },
  migration_started: {
    kind: 'migration',
    ends: { migrated: 'success', migration_reverted: 'success', migration_failed: 'error' },
  },
  plan_started: { kind: 'plan', ends: { plan_completed: 'success', plan_failed: 'error' } },
}

/**
 * Tells the life of a change set as spans: they are read from its events and from the progress of its plan, and nothing is stored for
 * them. Neither contents nor reasons are in them (docs/decisions/203-spans-of-change-sets.md).
 */
export async function toChangeTrace(change: ChangeSet): Promise<WireChangeTrace> {
  const { id, digest, kind, status } = change
  const drafts: Draft[] = [toRoot(change)]
  for (const [index, event] of change.events.entries()) addSpan(drafts, change, { index, event })
  addSteps(drafts, change)
  const ids = await Promise.all(
    drafts.map(async (_, index) => (await sha256(`${id} span ${index}`)).slice(0, 16)),
  )
  const spans = drafts.map(({ of, ...draft }, index): WireChangeSpan => {
    const { started_at: from, ended_at: to } = draft
    const ms = to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from))
    return { id: ids[index] ?? '', parent_id: of === null ? null : (ids[of] ?? null), ...draft, ms }
  })
  const [root, ...rest] = spans
  return {
    trace_id: (await sha256(`${id} trace`)).slice(0, 32),
    change_id: id,
    digest,
    kind,
    status,
    // the sort is stable: of two that begin at the same time, the one that has the other was made first
    spans: [
      ...(root ? [root] : []),
      ...rest.toSorted((a, b) =>
        a.started_at < b.started_at ? -1 : +(a.started_at > b.started_at),
      ),
    ],
  }
}

function toRoot(change: ChangeSet): Draft {
  const { kind, status, files, destructive, migration, createdAt, createdBy, expiresAt } = change
  const isCancelled = status === 'rejected' || status === 'expired'
  const isOver = isCancelled || status === 'applied' || status === 'rolled_back'
  const last = status === 'expired' ? expiresAt : (change.events.at(-1)?.at ?? createdAt)
  const first = change.events[0]?.startedAt ?? createdAt
  return {
    of: null,
    kind: 'change_set',
    name: `change_set ${kind}`,
    status: isCancelled ? 'cancelled' : isOver ? 'success' : 'running',
    started_at: first,
    ended_at: isOver ? last : null,
    attributes: {
      'change_set.id': change.id,
      'change_set.kind': kind,
      'change_set.digest': change.digest,
      'change_set.status': status,
      'change_set.files': files.length,
      'change_set.destructive': destructive.length,
      'change_set.migrations': migration?.names.length ?? 0,
      ...(migration ? { 'migration.tool': migration.tool } : {}),
      ...toBy(createdBy),
    },
  }
}

const toBy = (by: string | null) => (by === null ? {} : { 'enduser.id': by })

interface Place {
  readonly index: number
  readonly event: ChangeEvent
}

function addSpan(drafts: Draft[], change: ChangeSet, { index, event }: Place): void {
  const { type, at, by } = event
  const instant = {
    started_at: at,
    ended_at: at,
    status: 'success',
    attributes: toBy(by),
    of: 0,
  } as const
  if (type === 'previewed') {
    const { proof } = change
    const attributes = { ...toBy(by), ...(proof?.ran ? { 'proof.ms': proof.ms } : {}) }
    const started_at = event.startedAt ?? at
    drafts.push({ ...instant, kind: 'preview', name: 'preview', started_at, attributes })
  } else if (type === 'approved' || type === 'rejected') {
    const status = type === 'approved' ? 'success' : 'error'
    const started_at = change.createdAt
    drafts.push({ ...instant, kind: 'decision', name: type, started_at, status })
  } else if (type === 'recovered') {
    drafts.push({ ...instant, kind: 'recovery', name: 'recovery' })
  }
  const part = parts[type]
  const of = part?.kind === 'plan' ? 0 : findParent(drafts, change.events.slice(0, index))
  if (part) drafts.push({ ...toPart(change, { index, event }, part), of })
}

/** Finds the plan that was going on before an event, else the whole. */
function findParent(drafts: readonly Draft[], earlier: readonly ChangeEvent[]): number {
  const last = earlier.findLast(({ type }) => type.startsWith('plan_'))
  return last?.type === 'plan_started' ? drafts.findLastIndex(({ kind }) => kind === 'plan') : 0
}

function toPart(
  change: ChangeSet,
  { index, event }: Place,
  { kind, ends }: NonNullable<(typeof parts)[ChangeEvent['type']]>,
): Omit<Draft, 'of'> {
  const later = change.events.slice(index + 1)
  const next = later.findIndex(({ type }) => type === event.type)
  const own = next === -1 ? later : later.slice(0, next)
  const end = own.find(({ type }) => ends[type] !== undefined)
  const isOn = next === -1 && (isOpen(change.status) || change.progress?.status === 'running')
  const judged = end && (ends[end.type] ?? 'error')
  // a migration that ran, and left another structure than was predicted, says so
  const isOdd = end?.type === 'migrated' && end.reason !== null
  return {
    kind,
    name: end?.type === 'migration_reverted' ? 'migration down' : kind,
    status: isOdd ? 'error' : (judged ?? (isOn ? 'running' : 'error')),
    started_at: event.at,
    ended_at: end?.at ?? null,
    attributes: toBy(event.by),
  }
}

/** The steps of a plan, as the last attempt left them. */
function addSteps(drafts: Draft[], { plan, progress }: ChangeSet): void {
  const of = drafts.findLastIndex(({ kind }) => kind === 'plan')
  for (const { id, error, startedAt, ms } of of === -1 ? [] : (progress?.steps ?? [])) {
    const step = plan?.steps.find((each) => each.id === id)
    drafts.push({
      of,
      kind: 'plan_step',
      name: `plan_step ${step?.type ?? 'unknown'}`,
      status: error === null ? 'success' : 'error',
      started_at: startedAt,
      ended_at: isoTime(Date.parse(startedAt) + ms),
      attributes: { 'plan_step.id': id, 'plan_step.effects': step?.effects ?? 'none' },
    })
  }
}
