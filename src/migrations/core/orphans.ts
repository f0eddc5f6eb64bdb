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
  readonly tool: string
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
      if (others.some((other) => claims(other, record) || hasFile(other, source, record))) continue
      const owner = record.app === source.label ? null : record.app
      const key = JSON.stringify([owner, record.name, toTables(source)])
      if (!orphans.has(key)) orphans.set(key, record)
    }
  }
  return [...orphans.values()]
}

// The other folder of the same tool read the same row and does not miss its file. Rows with a label have one owner.
function hasFile(other: SourceRecords, { tool }: SourceRecords, { name }: AppliedMigration) {
  if (other.tool !== tool || tool === 'sql' || tool === 'django' || !other.comparison) return false
  return !other.comparison.missing.some((record) => record.name === name)
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
