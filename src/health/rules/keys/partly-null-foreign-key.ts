import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds foreign keys over several columns that one null column switches off. */
export const partlyNullForeignKey: Rule = {
  id: 'partly-null-foreign-key',
  severity: 'info',
  title: 'A foreign key over several columns is not checked when one is null',
  why: 'With MATCH SIMPLE a row with a null in one of the columns may hold anything in the others, and nothing is checked.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      const nullable = new Set(
        table.columns.filter(({ notNull }) => !notNull).map(({ name }) => name),
      )
      for (const { name, columns, match } of table.foreignKeys) {
        const open = columns.filter((column) => nullable.has(column))
        if (match !== 'simple' || columns.length < 2 || open.length === 0) continue
        yield {
          objects: [partSubject('constraint', table, name)],
          message: `${name} of ${toName(table)} is not checked where ${open.join(' or ')} is null`,
          fix: null,
        }
      }
    }
  },
}
