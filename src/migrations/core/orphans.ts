import type {
  AppliedMigration,
  Comparison,
  Discovery,
  MigrationKey,
  MissingMigration,
} from '../../project/source.ts'
import type { HistoryReading } from './history-tables.ts'

/** The files and records of one source. */
export interface SourceRecords {
  readonly label: string
  readonly discovery: Discovery | null
  readonly migrations: readonly MigrationKey[]
  readonly journal: HistoryReading
  readonly comparison: Comparison | null
}

/**
 * Finds records without a file. A record is no orphan if another source of the same table may own it; a source without a file
 * list may own any record.
 */
export function findOrphans(sources: readonly SourceRecords[]): MissingMigration[] {
  const orphans = new Map<string, MissingMigration>()
  for (const source of sources) {
    const others = sources.filter((other) => other !== source && shareTable(source, other))
    for (const record of source.comparison?.missing ?? []) {
      if (others.some((other) => claims(other, record))) continue
      const key = JSON.stringify([record.app, record.name, toTables(source)])
      if (!orphans.has(key)) orphans.set(key, record)
    }
  }
  return [...orphans.values()]
}

function claims({ label, discovery, migrations }: SourceRecords, { app, name }: AppliedMigration) {
  if (app !== null && app === label) return true
  if (discovery === null) return app === null
  return app === null && migrations.some((migration) => migration.name === name)
}

function shareTable(source: SourceRecords, other: SourceRecords): boolean {
  return toTables(source).some((table) => toTables(other).includes(table))
}

function toTables({ journal }: SourceRecords): readonly string[] {
  return 'rows' in journal ? journal.tables : []
}
