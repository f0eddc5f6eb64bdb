import { StudioError } from '../../errors.ts'
import { type Clock, isoTime } from '../../lib/clock.ts'
import { type ChangeSet, type ChangeSummary, isOpen } from '../../records/change.ts'
import type { ChangeFilter, ChangeStore, Stores } from '../store.ts'
import { parseCursor, toPage } from './state.ts'

/** How many change sets to keep, and how many characters of their texts. Above that, the oldest that are not open go. */
const maxChanges = 1_000
const maxCharacters = 64 * 1024 * 1024

interface ChangeRow {
  change: ChangeSet
  readonly serial: number
  readonly size: number
  lease: { readonly owner: string; readonly until: string } | null
}

const ofStores = new WeakMap<Stores, ChangeStore>()

/**
 * Returns the change sets that belong to stores in memory, the same ones for all who ask. They are not part of `memoryStores`,
 * because few studios change files and every one loads it.
 */
export function memoryChangesOf(stores: Stores, clock: Clock): ChangeStore {
  const changes = ofStores.get(stores) ?? createMemoryChangeStore(clock)
  ofStores.set(stores, changes)
  return changes
}

/** Creates a store of change sets in memory. A restart loses them, and with them what a crash left half done. */
function createMemoryChangeStore(clock: Clock): ChangeStore {
  const rows = new Map<string, ChangeRow>()
  let serial = 0
  const find = ({ tenant, id }: Pick<ChangeSummary, 'tenant' | 'id'>) => {
    const row = rows.get(id)
    return row?.change.tenant === tenant ? row : null
  }
  const isLate = ({ lease }: ChangeRow) => lease === null || lease.until <= isoTime(clock.now())
  return {
    async create(change) {
      if (rows.has(change.id))
        throw new StudioError('conflict', 'The id of the change set is taken')
      const row = { change, serial: serial++, size: sizeOf(change), lease: null }
      rows.set(change.id, row)
      evict(rows)
    },
    async get(tenant, id) {
      return find({ tenant, id })?.change ?? null
    },
    async list(filter) {
      return toPage(matching(rows, filter), filter.limit, ({ change }) => summarize(change))
    },
    async update(change, state, lease) {
      const row = find(change)
      if (!row || row.change.version !== change.version) return null
      if (!isLate(row) && row.lease?.owner !== lease?.owner && lease) return null
      if (lease && isHeldByOther(rows, row)) return null
      const version = change.version + 1
      row.change = { ...row.change, ...state, version }
      row.lease = lease ? toLease(clock, lease) : null
      return version
    },
    async renew(change, lease) {
      const row = find(change)
      if (!row || row.change.version !== change.version) return false
      row.lease = toLease(clock, lease)
      return true
    },
    async abandoned(rootId) {
      const row = [...rows.values()].find(
        (each) => each.change.base.rootId === rootId && isOpen(each.change.status) && isLate(each),
      )
      return row?.change ?? null
    },
    async expire(time) {
      for (const row of rows.values()) {
        const { status, expiresAt, version } = row.change
        if ((status !== 'pending' && status !== 'approved') || expiresAt > time) continue
        row.change = { ...row.change, status: 'expired', version: version + 1 }
      }
    },
  }
}

/** Deletes the oldest change sets above the limits. The newest one and those that are open stay. */
function evict(rows: Map<string, ChangeRow>): void {
  let size = [...rows.values()].reduce((sum, row) => sum + row.size, 0)
  for (const [id, row] of [...rows].slice(0, -1)) {
    if (rows.size <= maxChanges && size <= maxCharacters) return
    if (isOpen(row.change.status)) continue
    rows.delete(id)
    size -= row.size
  }
}

function sizeOf({ texts }: ChangeSet): number {
  return texts.reduce(
    (sum, { diff, original, content }) =>
      sum + diff.length + (original?.length ?? 0) + (content?.length ?? 0),
    0,
  )
}

function toLease(clock: Clock, { owner, leaseMs }: { owner: string; leaseMs: number }) {
  return { owner, until: isoTime(clock.now() + leaseMs) }
}

/** Is another change set of the same folder open? */
function isHeldByOther(rows: ReadonlyMap<string, ChangeRow>, { change }: ChangeRow): boolean {
  return [...rows.values()].some(
    (other) =>
      other.change.id !== change.id &&
      other.change.base.rootId === change.base.rootId &&
      isOpen(other.change.status),
  )
}

function summarize({ texts: _texts, ...summary }: ChangeSet): ChangeSummary {
  return summary
}

function* matching(
  rows: ReadonlyMap<string, ChangeRow>,
  { tenant, statuses, cursor }: ChangeFilter,
): Generator<ChangeRow> {
  const after = parseCursor(cursor) ?? Infinity
  for (const row of [...rows.values()].reverse()) {
    const { change } = row
    const isMatch = change.tenant === tenant && (statuses?.includes(change.status) ?? true)
    if (isMatch && row.serial < after) yield row
  }
}
