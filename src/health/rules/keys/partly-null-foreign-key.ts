import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds composite foreign keys that a null in one column disables. */
export const partlyNullForeignKey: Rule = {
  id: 'partly-null-foreign-key',
  severity: 'info',
  title: 'A composite foreign key is not checked when a column is null',
  why: 'With MATCH SIMPLE, a null in one of the columns disables the check, and the other columns may hold any value.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      yield null
      const nullable = new Set(
        table.columns.filter(({ notNull }) => !notNull).map(({ name }) => name),
      )
      for (const { name, columns, match } of table.foreignKeys) {
        const nullableColumns = columns.filter((column) => nullable.has(column))
        if (match !== 'simple' || columns.length < 2 || nullableColumns.length === 0) continue
        yield {
          objects: [partSubject('constraint', table, name)],
          message: `${name} of ${toName(table)} is not checked where ${nullableColumns.join(' or ')} is null`,
          fix: null,
        }
      }
    }
  },
}
