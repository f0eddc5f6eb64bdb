import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const rowSecurityWithoutPolicy: Rule = {
  id: 'row-security-without-policy',
  severity: 'info',
  title: 'Row security is enabled without a policy',
  why: 'The table looks empty to every role except its owner. If that is intended, a policy or a comment should say so.',
  link: `${manual}ddl-rowsecurity.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (!table.hasRowSecurity || table.policies.length > 0) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has row security, but no policy`,
        fix: null,
      }
    }
  },
}
