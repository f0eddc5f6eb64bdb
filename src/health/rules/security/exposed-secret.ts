import type { ObjectName } from '../../../project/catalog/object-name.ts'
import { isSecretName } from '../../../project/models/names.ts'
import { needsExposedRoles } from '../../kit/preconditions.ts'
import { toIdentifier, toIdentifiers, toName, toQualified } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds columns that an exposed role may read and whose name is that of a secret. */
export const exposedSecret: Rule = {
  id: 'exposed-secret',
  severity: 'danger',
  title: 'An exposed role may read a secret',
  why: 'A column that is named like a password, token or key should not be readable through the API.',
  link: null,
  isDefault: true,
  skipReason: needsExposedRoles,
  *find({ tables, views, grants }) {
    for (const owner of [...tables, ...views]) {
      const readers = grants.columns.get(toName(owner))
      for (const [column, roles] of readers ?? []) {
        if (!isSecretName(column) || !readers) continue
        yield {
          objects: [partSubject('column', owner, column)],
          message: `${toName(owner)}.${column} is readable by ${roles.join(', ')}`,
          fix: toFix(owner, readers),
        }
      }
    }
  },
}

// Revokes the whole table, then grants each role the columns that it could read and that are not secret.
function toFix(owner: ObjectName, readers: ReadonlyMap<string, readonly string[]>): string {
  const table = toQualified(owner)
  const roles = [...new Set([...readers.values()].flat())].sort()
  const namedRoles = roles.filter((role) => role !== 'public').map(toIdentifier)
  const grants = roles.flatMap((role) => {
    const readable = [...readers].filter(
      ([name, allowed]) => allowed.includes(role) && !isSecretName(name),
    )
    const columns = toIdentifiers(readable.map(([name]) => name))
    const to = role === 'public' ? 'PUBLIC' : toIdentifier(role)
    return columns ? [`GRANT SELECT (${columns}) ON ${table} TO ${to};`] : []
  })
  return [
    `REVOKE SELECT ON ${table} FROM ${['PUBLIC', ...namedRoles].join(', ')};`,
    ...grants,
  ].join('\n')
}
