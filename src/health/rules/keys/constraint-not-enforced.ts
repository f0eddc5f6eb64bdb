import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import type { CatalogCheck } from '../../../project/catalog/constraints.ts'
import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { type Found, manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const constraintNotEnforced: Rule = {
  id: 'constraint-not-enforced',
  severity: 'warning',
  title: 'A constraint is not enforced',
  why: 'PostgreSQL checks neither existing nor new rows against it. It is documentation only.',
  link: `${manual}sql-createtable.html#SQL-CREATETABLE-PARMS-NOT-ENFORCED`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const { name, isEnforced } of table.foreignKeys) {
        if (!isEnforced)
          yield toFound(table, name, `ALTER CONSTRAINT ${toIdentifier(name)} ENFORCED`)
      }
      for (const check of table.checks) {
        if (check.isEnforced || check.isInherited) continue
        yield toFound(table, check.name, toChange(check))
      }
    }
  },
}

function toFound(table: CatalogTable, name: string, change: string): Found {
  return {
    objects: [partSubject('constraint', table, name)],
    message: `${name} of ${toName(table)} is not enforced`,
    fix: `ALTER TABLE ${toQualified(table)} ${change};`,
  }
}

// PostgreSQL cannot alter a check, so it is dropped and added again.
function toChange({ name, definition }: CatalogCheck): string {
  const rule = definition.replace(/ NOT (VALID|ENFORCED)/g, '')
  const constraint = toIdentifier(name)
  return `DROP CONSTRAINT ${constraint}, ADD CONSTRAINT ${constraint} ${rule}`
}
