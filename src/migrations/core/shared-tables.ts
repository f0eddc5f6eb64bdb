import type { Row } from '../../project/database.ts'
import type { Discovery } from '../../project/source.ts'
import type { HistoryReading } from './history-tables.ts'

/** The files and the history of one app's migrations. */
export interface SourceReading {
  readonly label: string
  readonly tool: string
  /** Null if the files could not be listed. */
  readonly discovery: Discovery | null
  /** Why they could not be listed, safe to send. @default no reason */
  readonly reason?: string
  readonly journal: HistoryReading
}

// Looking at each row alone costs rows times files. Nobody has so many that this is slow, but a limit is a limit.
const mostRows = 20_000

/**
 * Leaves out the rows that another folder of the same tool owns, when several folders share one history table: the
 * directories of Knex, the globs of TypeORM, the packages of a monorepo. Otherwise each would take the others' migrations for
 * its own whose files are gone. A row that no folder owns stays with all of them.
 */
export function withoutForeignRows(readings: readonly SourceReading[]): readonly SourceReading[] {
  return readings.map((reading) => {
    const { journal } = reading
    const others = readings.filter((other) => other !== reading && isSibling(reading, other))
    if (others.length === 0 || !('rows' in journal)) return reading
    const rows = journal.rows['journal']
    if (!rows || rows.length > mostRows) return reading
    const kept = rows.filter(
      (row) => owns(reading, row) || !others.some((other) => owns(other, row)),
    )
    if (kept.length === rows.length) return reading
    return { ...reading, journal: { ...journal, rows: { ...journal.rows, journal: kept } } }
  })
}

// The rows of these decide about every folder: the newest one, or the only one, says how far all have come.
const positional: ReadonlySet<string> = new Set(['drizzle', 'golang-migrate'])

function isSibling(one: SourceReading, other: SourceReading): boolean {
  if (positional.has(one.tool)) return false
  if (one.tool !== other.tool || !('rows' in one.journal) || !('rows' in other.journal))
    return false
  const tables = other.journal.tables
  return one.journal.tables.some((table) => tables.includes(table))
}

/** Returns true if a folder has the file of a row. */
function owns({ discovery }: SourceReading, row: Row): boolean {
  if (!discovery) return false
  try {
    const { missing, statuses } = discovery.compare({ journal: [row] })
    return missing.length === 0 && [...statuses.values()].some(({ state }) => state !== 'pending')
  } catch {
    return false
  }
}
