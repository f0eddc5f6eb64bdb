import { toName } from '../../kit/identifiers.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const rewriteRule: Rule = {
  id: 'rewrite-rule',
  severity: 'info',
  title: 'A table has a rewrite rule',
  why: 'A rule rewrites the query instead of acting on rows: expressions may run twice, and RETURNING and row counts may be wrong. A trigger does what is expected.',
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
