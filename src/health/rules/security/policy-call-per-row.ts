import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds policies that ask who the caller is once for every row. */
export const policyCallPerRow: Rule = {
  id: 'policy-call-per-row',
  severity: 'warning',
  title: 'A policy calls a function for every row',
  why: 'Written as (SELECT current_setting(…)) it is asked once a query; written bare it is asked once a row.',
  link: `${manual}ddl-rowsecurity.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const { name, using, withCheck } of table.policies) {
        const call = findBareCall(`${using ?? ''} ${withCheck ?? ''}`)
        if (!call) continue
        yield {
          objects: [partSubject('policy', table, name)],
          message: `${name} of ${toName(table)} calls ${call} for every row`,
          fix: null,
        }
      }
    }
  },
}

/** A call within a sub-select, as PostgreSQL spells it, is made once. */
function findBareCall(expression: string): string | undefined {
  const bare = expression.replace(/\( ?SELECT [^()]*(\([^()]*\)[^()]*)*\)/g, '')
  return /\b(auth\.\w+|current_setting)(?=\()/.exec(bare)?.[1]
}
