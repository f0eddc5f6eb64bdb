import type { CatalogPolicy } from '../../../project/catalog/relations.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds permissive policies that let every row be written; reading everything is often meant. */
export const policyAlwaysTrue: Rule = {
  id: 'policy-always-true',
  severity: 'warning',
  title: 'A policy lets every row be written',
  why: 'Row security with a policy that is always true protects as much as none, and looks as if it did.',
  link: `${manual}sql-createpolicy.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.hasRowSecurity) continue
      for (const policy of table.policies) {
        if (!policy.isPermissive || !isOpen(policy)) continue
        yield {
          objects: [partSubject('policy', table, policy.name)],
          message: `${policy.name} of ${toName(table)} lets ${policy.roles.join(', ')} write every row`,
          fix: null,
        }
      }
    }
  },
}

/** Without a check of its own, a policy checks new rows by what it says of old ones. */
function isOpen({ command, using, withCheck }: CatalogPolicy): boolean {
  if (command === 'select') return false
  if (command === 'delete') return isTrue(using)
  if (command === 'insert') return isTrue(withCheck)
  return isTrue(withCheck ?? using) || (command === 'all' && isTrue(using))
}

function isTrue(expression: string | null): boolean {
  return expression !== null && /^\(*(true|1 = 1)\)*$/.test(expression)
}
