import { needsExposedSchemas } from '../../kit/preconditions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const exposedForeignTable: Rule = {
  id: 'exposed-foreign-table',
  severity: 'warning',
  title: 'A foreign table is exposed',
  why: 'Foreign tables have no row security: a role that may read the table reads all of it, on the other server.',
  link: `${manual}sql-createforeigntable.html`,
  isDefault: true,
  skipReason: needsExposedSchemas,
  *find({ tables, exposedSchemas }) {
    for (const table of tables) {
      if (table.kind !== 'foreign' || !exposedSchemas.has(table.schema)) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} is a foreign table in an exposed schema`,
        fix: null,
      }
    }
  },
}
