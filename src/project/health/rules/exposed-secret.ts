import { isSecretName } from '../../names.ts'
import { needsExposedRoles } from '../guards.ts'
import { toIdentifier, toName, toQualified } from '../identifiers.ts'
import { type Rule } from '../rule.ts'
import { partSubject } from '../subjects.ts'

/** Finds columns that by their name hold a secret and that an exposed role may read. */
export const exposedSecret: Rule = {
  id: 'exposed-secret',
  severity: 'danger',
  title: 'An exposed role may read a secret',
  why: 'What is called a password, token or key should not be readable by whoever comes in through the API.',
  link: null,
  isDefault: true,
  cannotTell: needsExposedRoles,
  *find({ tables, views, exposure }) {
    for (const owner of [...tables, ...views]) {
      for (const [column, roles] of exposure.columns.get(toName(owner)) ?? []) {
        if (!isSecretName(column)) continue
        const grantees = roles.map((role) => (role === 'public' ? 'PUBLIC' : toIdentifier(role)))
        yield {
          objects: [partSubject('column', owner, column)],
          message: `${toName(owner)}.${column} may be read by ${roles.join(', ')}`,
          fix: `REVOKE SELECT ON ${toQualified(owner)} FROM ${grantees.join(', ')};`,
        }
      }
    }
  },
}
