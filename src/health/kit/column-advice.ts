import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject } from './subjects.ts'

/** What a rule says about columns of an unsuitable type. */
export interface ColumnAdvice {
  readonly isWrong: (column: CatalogColumn, table: CatalogTable) => boolean
  /** Completes the sentence "`table.column` is …". */
  readonly describe: (column: CatalogColumn) => string
  /** The type to change to; null when no type fits every case. */
  readonly replacement: string | null
}

const dropViewsFirst =
  'PostgreSQL does not change the type of a column that a view reads: drop the views over the table, change the type, and create them again.'

/**
 * Finds columns by their type. Partitions and foreign tables are left out because another table decides their types. A column
 * of a domain gets no fix, because the domain decides its type; neither does one of a table that a view reads.
 */
export function* findColumns({ roots, views }: Inspected, advice: ColumnAdvice): Iterable<Found> {
  const viewed = new Set(views.flatMap(({ reads }) => reads.map(toName)))
  for (const table of roots) {
    if (table.kind === 'foreign') continue
    for (const column of table.columns) {
      if (!advice.isWrong(column, table)) continue
      const isViewed = viewed.has(toName(table))
      const isSimple =
        advice.replacement !== null && !column.isArray && column.domain === null && !isViewed
      const alter = `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)}`
      yield {
        objects: [partSubject('column', table, column.name)],
        message: `${toName(table)}.${column.name} is ${advice.describe(column)}`,
        fix: isSimple ? `${alter} TYPE ${advice.replacement};` : null,
        ...(isViewed ? { advice: dropViewsFirst } : {}),
      }
    }
  }
}
