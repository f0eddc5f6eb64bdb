import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const unloggedTable: Rule = {
  id: 'unlogged-table',
  severity: 'warning',
  title: 'A table is unlogged',
  why: 'The table is empty after a crash, and replicas never receive its rows.',
  link: `${manual}sql-createtable.html#SQL-CREATETABLE-UNLOGGED`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.isUnlogged) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} is unlogged`,
        fix: `ALTER TABLE ${toQualified(table)} SET LOGGED;`,
      }
    }
  },
}
