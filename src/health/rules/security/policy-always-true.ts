import type { CatalogPolicy } from '../../../project/catalog/relations.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/**
 * Finds permissive policies that allow every row to be written. A policy that allows every row to be read is often
 * intended and not reported.
 */
export const policyAlwaysTrue: Rule = {
  id: 'policy-always-true',
  severity: 'warning',
  title: 'A policy allows every row to be written',
  why: 'A policy that is always true protects no better than disabled row security, although it looks like protection.',
  link: `${manual}sql-createpolicy.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.hasRowSecurity) continue
      for (const policy of table.policies) {
        if (!policy.isPermissive || !isOpen(policy)) continue
        if (table.policies.some((other) => restricts(other, policy))) continue
        yield {
          objects: [partSubject('policy', table, policy.name)],
          message: `${policy.name} of ${toName(table)} allows ${policy.roles.join(', ')} to write every row`,
          fix: null,
        }
      }
    }
  },
}

// Restrictive policies grant nothing by themselves, so tenants are separated by one of them beside a permissive `true`.
function restricts(other: CatalogPolicy, { command, roles }: CatalogPolicy): boolean {
  return (
    !other.isPermissive &&
    !isOpen(other) &&
    (other.command === 'all' || other.command === command) &&
    (other.roles.includes('public') || roles.every((role) => other.roles.includes(role)))
  )
}

// A policy without WITH CHECK checks new rows by its USING expression.
function isOpen({ command, using, withCheck }: CatalogPolicy): boolean {
  if (command === 'select') return false
  if (command === 'delete') return isTrue(using)
  if (command === 'insert') return isTrue(withCheck)
  return isTrue(withCheck ?? using) || (command === 'all' && isTrue(using))
}

function isTrue(expression: string | null): boolean {
  return expression !== null && /^\(*(true|1 = 1|NOT false)\)*$/.test(expression)
}
