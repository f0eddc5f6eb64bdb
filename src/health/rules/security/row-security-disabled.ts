import { needsExposedSchemas } from '../../kit/preconditions.ts'
import { toName } from '../../kit/identifiers.ts'
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
  *find({ tables, tableOf, exposedSchemas }) {
    for (const table of tables) {
      if (table.hasRowSecurity || table.kind === 'foreign') continue
      if (!exposedSchemas.has(table.schema)) continue
      // A partition is as open as its table: the finding of the table covers both.
      const parent = table.partitionOf && tableOf(table.partitionOf)
      if (parent && !parent.hasRowSecurity && exposedSchemas.has(parent.schema)) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} is exposed without row security`,
        fix: null,
        advice:
          'Write the policies first, then enable row security: without a policy every row is hidden from everyone but the owner.',
      }
    }
  },
}
