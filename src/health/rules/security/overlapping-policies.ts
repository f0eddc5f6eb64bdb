import type { CatalogPolicy } from '../../../project/catalog/relations.ts'
import { toName } from '../../kit/identifiers.ts'
import { append } from '../../../lib/groups.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject, tableSubject } from '../../kit/subjects.ts'

const commands = ['select', 'insert', 'update', 'delete'] as const

/** Finds tables with several permissive policies for one role and command. */
export const overlappingPolicies: Rule = {
  id: 'overlapping-policies',
  severity: 'info',
  title: 'Several permissive policies apply at once',
  why: 'PostgreSQL combines them with OR: it evaluates each of them for every row, and the least restrictive one decides.',
  link: `${manual}sql-createpolicy.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.hasRowSecurity) continue
      const overlaps = commands.flatMap((command) => findOverlaps(table.policies, command))
      if (overlaps.length === 0) continue
      const names = [...new Set(overlaps.flatMap((overlap) => overlap.names))].sort()
      yield {
        objects: [tableSubject(table), ...names.map((name) => partSubject('policy', table, name))],
        message: `${toName(table)} has several permissive policies for ${overlaps.map(({ role, command }) => `${command} by ${role}`).join(', ')}: ${names.join(', ')}`,
        fix: null,
      }
    }
  },
}

// A policy for `public` also applies to every role that another policy names.
function findOverlaps(policies: readonly CatalogPolicy[], command: (typeof commands)[number]) {
  const names = new Map<string, string[]>()
  const applicable = policies.filter(
    (policy) => policy.isPermissive && (policy.command === command || policy.command === 'all'),
  )
  for (const role of new Set(applicable.flatMap(({ roles }) => roles))) {
    for (const { name, roles } of applicable) {
      if (roles.includes(role) || roles.includes('public')) append(names, role, name)
    }
  }
  return [...names].flatMap(([role, list]) =>
    list.length > 1 ? [{ role, command, names: list }] : [],
  )
}
