import { needsExposedSchemas } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const rowSecurityDisabled: Rule = {
  id: 'row-security-disabled',
  severity: 'danger',
  title: 'An exposed table has no row security',
  why: 'A client that may use the table through the API can read and change every row.',
  link: `${manual}ddl-rowsecurity.html`,
  isDefault: true,
  skipReason: needsExposedSchemas,
  *find({ tables, exposedSchemas }) {
    for (const table of tables) {
      if (table.hasRowSecurity || table.kind === 'foreign') continue
      if (!exposedSchemas.has(table.schema)) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} is exposed without row security`,
        fix: `ALTER TABLE ${toQualified(table)} ENABLE ROW LEVEL SECURITY;`,
      }
    }
  },
}
