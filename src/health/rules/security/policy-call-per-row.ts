import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const policyCallPerRow: Rule = {
  id: 'policy-call-per-row',
  severity: 'warning',
  title: 'A policy calls a function for every row',
  why: 'PostgreSQL evaluates (SELECT current_setting(…)) once for each query, but a bare call once for each row.',
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

// PostgreSQL evaluates a call inside a sub-select once, so those are removed first.
function findBareCall(expression: string): string | undefined {
  const bare = withoutSelects(expression)
  return /\b(auth\.\w+|current_setting)(?=\()/.exec(bare)?.[1]
}

// Removes `( SELECT … )` with all brackets inside it.
function withoutSelects(expression: string): string {
  let rest = expression
  for (let start = rest.search(selectStart); start >= 0; start = rest.search(selectStart)) {
    let depth = 0
    let end = start
    do {
      if (rest[end] === '(') depth++
      if (rest[end] === ')') depth--
      end++
    } while (depth > 0 && end < rest.length)
    rest = rest.slice(0, start) + rest.slice(end)
  }
  return rest
}

const selectStart = /\( ?SELECT /
