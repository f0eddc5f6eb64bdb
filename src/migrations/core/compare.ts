import { groupBy } from '../../lib/groups.ts'
import type { Row } from '../../project/database.ts'
import type {
  AppliedMigration,
  Comparison,
  Migration,
  MigrationState,
  MigrationStatus,
} from '../../project/source.ts'
import { hasRun } from './heads.ts'

/** Returns a migration status, by default without message and time. */
export function toStatus(
  state: MigrationState,
  message: string | null = null,
  appliedAt: number | null = null,
): MigrationStatus {
  return { state, message, appliedAt }
}

/** Converts rows of `name, time` to records of `app`. Times are in milliseconds. */
export function toRecords(app: string, rows: readonly Row[] | null | undefined) {
  return (rows ?? []).map(([name, time]): AppliedMigration => {
    return { app, name: String(name), appliedAt: toTime(time) }
  })
}

/** Converts a value to a time in milliseconds, or to null if it is not a number. */
export function toTime(value: unknown): number | null {
  const time = value === null || value === undefined || value === '' ? NaN : Number(value)
  return Number.isFinite(time) ? time : null
}

/** How a tool with one linear order reacts to irregularities, one sentence each. */
export interface LinearMessages {
  /** About a migration that has not run although a later one has. */
  readonly outOfOrder: string
  /** About a record whose file is gone. */
  readonly missing: string
}

/**
 * Compares the ordered migrations of an app with its records, oldest first, by name. For tools without branches. Migrations
 * that are out of order are conflicts, and so are missing files while other migrations have not run.
 */
export function compareByName(
  app: string,
  migrations: readonly Migration[],
  { records, messages }: { records: readonly AppliedMigration[]; messages: LinearMessages },
): Comparison {
  const ran = new Map(records.map((record) => [record.name, record]))
  const newest = migrations.findLastIndex(({ name }) => ran.has(name))
  const statuses = new Map<string, MigrationStatus>()
  for (const [index, { name }] of migrations.entries()) {
    const record = ran.get(name)
    if (record) statuses.set(name, toStatus('applied', null, record.appliedAt))
    else if (index < newest) statuses.set(name, toStatus('out_of_order', messages.outOfOrder))
    else statuses.set(name, toStatus('pending'))
  }
  const names = new Set(migrations.map(({ name }) => name))
  const missing = records
    .filter(({ name }) => !names.has(name))
    .map((record) => ({ ...record, message: messages.missing }))
  return {
    statuses,
    missing,
    last: newestRecord(records),
    conflicts: findLinearConflicts(app, { migrations, statuses, missing, messages }),
    problems: [],
  }
}

/**
 * Returns the conflicts of a tool without branches: migrations that are out of order, and histories that diverged.
 *
 * @see docs/decisions/072-out-of-order-is-a-conflict.md
 */
export function findLinearConflicts(
  app: string,
  given: {
    readonly migrations: readonly Migration[]
    readonly statuses: ReadonlyMap<string, MigrationStatus>
    readonly missing: readonly AppliedMigration[]
    readonly messages: Pick<LinearMessages, 'outOfOrder'>
  },
): string[] {
  const { migrations, statuses, missing, messages } = given
  const late = migrations.filter(({ name }) => statuses.get(name)?.state === 'out_of_order')
  const waiting = migrations.filter(({ name }) => !hasRun(statuses.get(name)))
  const conflicts: string[] = []
  if (late.length > 0) {
    const subject = late.length === 1 ? 'has not run' : 'have not run'
    const names = toSentenceList(late.map(({ name }) => name))
    conflicts.push(`App '${app}': ${names} ${subject}, but later ones have. ${messages.outOfOrder}`)
  }
  if (missing.length > 0 && waiting.length > 0) {
    const gone = toSentenceList(missing.map(({ name }) => name))
    const next = toSentenceList(waiting.map(({ name }) => name))
    conflicts.push(
      `App '${app}': the histories parted: ${gone} ran and ${missing.length === 1 ? 'is' : 'are'} not on disk, while ${next} wait${waiting.length === 1 ? 's' : ''}.`,
    )
  }
  return conflicts
}

/** Returns one conflict for each version that several migrations share. */
export function findDuplicates(
  app: string,
  migrations: readonly Migration[],
  toVersion: (name: string) => string,
): string[] {
  const names = migrations.map(({ name }) => name)
  return [...groupBy(names, toVersion)]
    .filter(([, claims]) => claims.length > 1)
    .map(
      ([version, claims]) =>
        `App '${app}': ${toSentenceList(claims)} share the version ${version}.`,
    )
}

/** Returns the record with the latest time; the last one of those with equal times or without a time. */
export function newestRecord(records: readonly AppliedMigration[]): AppliedMigration | null {
  return records.reduce<AppliedMigration | null>(
    (best, record) => ((record.appliedAt ?? 0) >= (best?.appliedAt ?? 0) ? record : best),
    null,
  )
}

/** Lists up to five names and counts the rest. */
export function toSentenceList(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}
