import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables with row security that let nobody but their owner in. */
export const rowSecurityWithoutPolicy: Rule = {
  id: 'row-security-without-policy',
  severity: 'info',
  title: 'Row security has no policy',
  why: 'To everybody but the owner the table looks empty. That may be meant; a policy or a comment would say so.',
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
