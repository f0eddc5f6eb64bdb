import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const autovacuumDisabled: Rule = {
  id: 'autovacuum-disabled',
  severity: 'warning',
  title: 'Autovacuum is disabled for a table',
  why: 'Dead rows stay and statistics become stale, unless a job takes over. The setting is often left over from a bulk load.',
  link: `${manual}sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.options.some((option) => /^autovacuum_enabled=(f|off|no|0)/i.test(option)))
        continue
      yield {
        objects: [tableSubject(table)],
        message: `Autovacuum is disabled for ${toName(table)}`,
        fix: `ALTER TABLE ${toQualified(table)} RESET (autovacuum_enabled);`,
      }
    }
  },
}
