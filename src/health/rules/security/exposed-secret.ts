import { isSecretName } from '../../../lib/secret-names.ts'
import type { CatalogTable, CatalogView } from '../../../project/catalog/catalog.ts'
import { needsExposedRoles } from '../../kit/preconditions.ts'
import { toIdentifier, toIdentifiers, toName, toQualified } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds columns that an exposed role may read and whose name is that of a secret. */
export const exposedSecret: Rule = {
  id: 'exposed-secret',
  severity: 'danger',
  title: 'An exposed role may read a secret',
  why: 'A column that may hold a password, key, token, one-time code or the number of a card, an account or a person should not be readable through the API.',
  link: null,
  isDefault: true,
  skipReason: needsExposedRoles,
  *find({ tables, views, grants }) {
    for (const owner of [...tables, ...views]) {
      const readers = grants.columns.get(toName(owner))
      if (!readers) continue
      const secrets = findSecrets(owner)
      for (const [column, roles] of readers) {
        if (!secrets.has(column)) continue
        yield {
          objects: [partSubject('column', owner, column)],
          message: `${toName(owner)}.${column} is readable by ${roles.join(', ')}`,
          fix: toFix(owner, readers, secrets),
        }
      }
    }
  },
}

function findSecrets({ name: table, columns }: CatalogTable | CatalogView): ReadonlySet<string> {
  const secrets = columns.filter(({ name, baseType: type }) => isSecretName(name, { table, type }))
  return new Set(secrets.map(({ name }) => name))
}

// Revokes the whole table, then grants each role the columns that it could read and that are not secret.
function toFix(
  owner: CatalogTable | CatalogView,
  readers: ReadonlyMap<string, readonly string[]>,
  secrets: ReadonlySet<string>,
): string {
  const table = toQualified(owner)
  const roles = [...new Set([...readers.values()].flat())].sort()
  const namedRoles = roles.filter((role) => role !== 'public').map(toIdentifier)
  const grants = roles.flatMap((role) => {
    const readable = [...readers].filter(
      ([name, allowed]) => allowed.includes(role) && !secrets.has(name),
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
