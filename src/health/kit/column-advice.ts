import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject } from './subjects.ts'
import { createTypeGuard } from './type-change.ts'

/** What a rule says about columns of an unsuitable type. */
export interface ColumnAdvice {
  readonly isWrong: (column: CatalogColumn, table: CatalogTable) => boolean
  /** Completes the sentence "`table.column` is …". */
  readonly describe: (column: CatalogColumn) => string
  /** The type to change to; null when no type fits every case. */
  readonly replacement: string | null
  /** True if PostgreSQL stores both types alike, so that the change rewrites nothing. @default false */
  readonly isStoredAlike?: boolean
}

/**
 * Finds columns by their type. Partitions and foreign tables are left out because another table decides their types. A column
 * on which something else depends gets advice instead of a fix.
 */
export function* findColumns(inspected: Inspected, advice: ColumnAdvice): Iterable<Found | null> {
  const whyTypeStays = createTypeGuard(inspected)
  for (const table of inspected.roots) {
    yield null
    if (table.kind === 'foreign') continue
    for (const column of table.columns) {
      if (!advice.isWrong(column, table)) continue
      const isKnown = advice.replacement !== null && !column.isArray
      const reason = isKnown ? whyTypeStays(table, column) : null
      const alter = `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)}`
      yield {
        objects: [partSubject('column', table, column.name)],
        message: `${toName(table)}.${column.name} is ${advice.describe(column)}`,
        fix: isKnown && reason === null ? `${alter} TYPE ${advice.replacement};` : null,
        ...(advice.isStoredAlike ? { effect: { rewrites: false } } : {}),
        ...(reason === null ? {} : { advice: `Change it to ${advice.replacement}. ${reason}` }),
      }
    }
  }
}
