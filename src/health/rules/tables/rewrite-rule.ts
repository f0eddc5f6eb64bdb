import { toName } from '../../kit/identifiers.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds rewrite rules on tables. */
export const rewriteRule: Rule = {
  id: 'rewrite-rule',
  severity: 'info',
  title: 'A table has a rewrite rule',
  why: 'Rules change the query, not the row: expressions are evaluated twice, and RETURNING and counts surprise. A trigger does what is meant.',
  link: `${dontDoThis}#Don.27t_use_rules`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const name of table.rules) {
        yield {
          objects: [partSubject('rule', table, name)],
          message: `${toName(table)} has the rewrite rule ${name}`,
          fix: null,
        }
      }
    }
  },
}
