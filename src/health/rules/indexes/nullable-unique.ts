import { toName } from '../../kit/identifiers.ts'
import { impliesNotNull, keyColumns } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/**
 * Finds unique indexes on several columns of which some may be null. A single nullable column is usual and not reported.
 */
export const nullableUnique: Rule = {
  id: 'nullable-unique',
  severity: 'info',
  title: 'A unique index allows duplicates when a column is null',
  why: 'Nulls count as distinct: rows that agree in all other columns may repeat when one of the columns is null.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS`,
  isDefault: true,
  *find({ roots }) {
    for (const table of roots) {
      yield null
      const nullable = new Set(
        table.columns.filter(({ notNull }) => !notNull).map(({ name }) => name),
      )
      for (const index of table.indexes) {
        const columns = keyColumns(index) ?? []
        const nullableColumns = columns.filter(
          (column) => nullable.has(column) && !impliesNotNull(index.predicate ?? '', column),
        )
        if (!index.isUnique || index.nullsNotDistinct || columns.length < 2) continue
        if (nullableColumns.length === 0) continue
        yield {
          objects: [
            partSubject('index', table, index.name),
            ...nullableColumns.map((column) => partSubject('column', table, column)),
          ],
          message: `${index.name} of ${toName(table)} allows duplicates where ${nullableColumns.join(' or ')} is null`,
          fix: null,
          advice:
            'If rows that are equal apart from a null are duplicates, declare the columns NOT NULL, or build the index with NULLS NOT DISTINCT (PostgreSQL 15). If a null means that there is nothing to compare, the index is right.',
        }
      }
    }
  },
}
