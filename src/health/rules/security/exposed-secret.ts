import type { ObjectName } from '../../../project/catalog/object-name.ts'
import { isSecretName } from '../../../project/models/names.ts'
import { needsExposedRoles } from '../../kit/preconditions.ts'
import { toIdentifier, toIdentifiers, toName, toQualified } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds columns that by their name hold a secret and that an exposed role may read. */
export const exposedSecret: Rule = {
  id: 'exposed-secret',
  severity: 'danger',
  title: 'An exposed role may read a secret',
  why: 'What is called a password, token or key should not be readable by whoever comes in through the API.',
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
          message: `${toName(owner)}.${column} may be read by ${roles.join(', ')}`,
          fix: toFix(owner, readers),
        }
      }
    }
  },
}

/** Takes the table back, and gives what is no secret to those who had it. */
function toFix(owner: ObjectName, readers: ReadonlyMap<string, readonly string[]>): string {
  const table = toQualified(owner)
  const roles = [...new Set([...readers.values()].flat())].sort()
  const named = roles.filter((role) => role !== 'public').map(toIdentifier)
  const grants = roles.flatMap((role) => {
    const open = [...readers].filter(([name, own]) => own.includes(role) && !isSecretName(name))
    const columns = toIdentifiers(open.map(([name]) => name))
    const to = role === 'public' ? 'PUBLIC' : toIdentifier(role)
    return columns ? [`GRANT SELECT (${columns}) ON ${table} TO ${to};`] : []
  })
  return [`REVOKE SELECT ON ${table} FROM ${['PUBLIC', ...named].join(', ')};`, ...grants].join(
    '\n',
  )
}
