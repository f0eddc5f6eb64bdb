import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const policiesWithoutRowSecurity: Rule = {
  id: 'policies-without-row-security',
  severity: 'danger',
  title: 'Policies have no effect without row security',
  why: 'The table looks protected, but its policies do nothing until row security is enabled.',
  link: `${manual}ddl-rowsecurity.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      if (table.hasRowSecurity || table.policies.length === 0) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has policies (${table.policies.map(({ name }) => name).join(', ')}), but row security is not enabled`,
        fix: `ALTER TABLE ${toQualified(table)} ENABLE ROW LEVEL SECURITY;`,
      }
    }
  },
}
