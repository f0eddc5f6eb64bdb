import { toIdentifier, toQualified } from '../../health/kit/identifiers.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { countOf } from '../../lib/text.ts'
import type { Database } from '../../project/database.ts'
import type { DdlStatement } from '../ddl/statement.ts'
import { findTable } from '../schema/find-table.ts'
import type { ModelChange } from '../schema/model-change.ts'

/** The longest that all counts together may take, in milliseconds. */
const budgetMs = 5_000

/** How many losses are counted. */
const maxCounts = 20

/**
 * Says what statements take away, and how many rows it has, as far as the database says it in time: not for tables with row
 * security, of which a role may see a part.
 */
export async function countLosses(
  { database, catalog }: { readonly database: Database | null; readonly catalog: Catalog },
  changes: readonly ModelChange[],
  statements: readonly DdlStatement[],
): Promise<string[]> {
  const end = performance.now() + budgetMs
  const losses: string[] = []
  for (const { destroys, change: at } of statements) {
    const change = changes[at]
    for (const what of destroys) {
      const leftMs = Math.floor(end - performance.now())
      const canCount = database !== null && change && leftMs > 0 && losses.length < maxCounts
      const count = canCount ? toCount(change, catalog) : null
      const rows = count && database ? await read(database, count.sql, leftMs) : null
      losses.push(`drops ${what}: ${rows === null ? 'rows not counted' : count?.say(rows)}`)
    }
  }
  return losses
}

interface Count {
  readonly sql: string
  readonly say: (rows: number) => string
}

function toCount(change: ModelChange, catalog: Catalog): Count | null {
  const table = findTable(catalog, change)
  if (typeof table === 'string' || table.hasRowSecurity) return null
  const from = toQualified(table)
  if (change.op === 'drop_table') {
    return { sql: `select count(*) from ${from}`, say: (rows) => countOf(rows, 'row') }
  }
  const isKnown =
    change.op === 'drop_column' && table.columns.some(({ name }) => name === change.column)
  if (!isKnown) return null
  const sql = `select count(${toIdentifier(change.column)}) from ${from}`
  return { sql, say: (rows) => `${countOf(rows, 'row')} not null` }
}

/** Resolves to null when the rows could not be counted. */
async function read(database: Database, text: string, timeoutMs: number): Promise<number | null> {
  try {
    const late = new Error('The rows were not counted in time')
    const { rows } = await withDeadline(timeoutMs + 1_000, late, (signal) =>
      database.query({ text, values: [] }, { timeoutMs, bytes: 1_000 }, signal),
    )
    const count = Number(rows[0]?.[0])
    return Number.isSafeInteger(count) ? count : null
  } catch {
    return null // a role without SELECT, or a table that is locked or too large
  }
}
