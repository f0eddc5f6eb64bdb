import { toIdentifier, toIdentifiers, toName, toQualified } from '../../kit/identifiers.ts'
import { isNotNullPredicate, keyColumns } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds unique indexes over several columns, of which some may be null; one nullable column alone is usual. */
export const nullableUnique: Rule = {
  id: 'nullable-unique',
  severity: 'info',
  title: 'A unique index does not cover rows with a null',
  why: 'Nulls are distinct: rows that agree in every other column are all let in when one column is null.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS`,
  isDefault: true,
  *find({ roots, catalog }) {
    for (const table of roots) {
      const nullable = new Set(
        table.columns.filter(({ notNull }) => !notNull).map(({ name }) => name),
      )
      for (const index of table.indexes) {
        const columns = keyColumns(index) ?? []
        const open = columns.filter((column) => nullable.has(column))
        if (!index.isUnique || index.nullsNotDistinct || columns.length < 2) continue
        if (open.length === 0 || (index.predicate && isNotNullPredicate(index.predicate, open)))
          continue
        yield {
          objects: [
            partSubject('index', table, index.name),
            ...open.map((column) => partSubject('column', table, column)),
          ],
          message: `${index.name} of ${toName(table)} lets rows repeat where ${open.join(' or ')} is null`,
          fix:
            catalog.serverVersion >= 150_000 && index.constraint !== null
              ? `ALTER TABLE ${toQualified(table)} DROP CONSTRAINT ${toIdentifier(index.constraint)}, ADD CONSTRAINT ${toIdentifier(index.constraint)} UNIQUE NULLS NOT DISTINCT (${toIdentifiers(columns)});`
              : null,
        }
      }
    }
  },
}
