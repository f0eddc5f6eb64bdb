import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables that autovacuum leaves alone. */
export const autovacuumDisabled: Rule = {
  id: 'autovacuum-disabled',
  severity: 'warning',
  title: 'Autovacuum is switched off for a table',
  why: 'Nobody removes its dead rows or keeps its statistics, unless a job does; it is often forgotten after a bulk load.',
  link: `${manual}sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.options.some((option) => /^autovacuum_enabled=(f|off|no|0)/i.test(option)))
        continue
      yield {
        objects: [tableSubject(table)],
        message: `Autovacuum is switched off for ${toName(table)}`,
        fix: `ALTER TABLE ${toQualified(table)} RESET (autovacuum_enabled);`,
      }
    }
  },
}
