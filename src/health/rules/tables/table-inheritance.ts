import { toName } from '../../kit/identifiers.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const tableInheritance: Rule = {
  id: 'table-inheritance',
  severity: 'info',
  title: 'A table inherits from another table',
  why: 'Unique keys and foreign keys do not include child tables, so uniqueness and references hold only in part. Partitions or a foreign key usually fit better.',
  link: `${dontDoThis}#Don.27t_use_table_inheritance`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (table.inherits.length === 0) continue
      yield {
        objects: [tableSubject(table), ...table.inherits.map(tableSubject)],
        message: `${toName(table)} inherits from ${table.inherits.map(toName).join(', ')}`,
        fix: null,
      }
    }
  },
}
