import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject } from './subjects.ts'

/** What a rule about types says of a column it picked. */
export interface ColumnAdvice {
  readonly isWrong: (column: CatalogColumn, table: CatalogTable) => boolean
  /** Completes "`table.column` is …". */
  readonly says: (column: CatalogColumn) => string
  /** The type to change to; null where that would need thought. */
  readonly becomes: string | null
}

/** Finds columns by their type. Partitions and foreign tables have those of another table; a domain decides for itself. */
export function* findColumns({ roots }: Inspected, advice: ColumnAdvice): Iterable<Found> {
  for (const table of roots) {
    if (table.kind === 'foreign') continue
    for (const column of table.columns) {
      if (!advice.isWrong(column, table)) continue
      const isSimple = advice.becomes !== null && !column.isArray && column.domain === null
      const alter = `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)}`
      yield {
        objects: [partSubject('column', table, column.name)],
        message: `${toName(table)}.${column.name} is ${advice.says(column)}`,
        fix: isSimple ? `${alter} TYPE ${advice.becomes};` : null,
      }
    }
  }
}
