import { toIdentifier, toName, toQualified } from '../identifiers.ts'
import { manual, type Rule } from '../rule.ts'
import { partSubject } from '../subjects.ts'

/** Finds constraints that are declared NOT ENFORCED (PostgreSQL 18). */
export const constraintNotEnforced: Rule = {
  id: 'constraint-not-enforced',
  severity: 'warning',
  title: 'A constraint is not enforced',
  why: 'It documents a wish: no row is checked against it, neither old nor new.',
  link: `${manual}sql-createtable.html#SQL-CREATETABLE-PARMS-NOT-ENFORCED`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      const alter = `ALTER TABLE ${toQualified(table)}`
      const found = [
        ...table.foreignKeys.map((key) => ({
          ...key,
          fix: `${alter} ALTER CONSTRAINT ${toIdentifier(key.name)} ENFORCED;`,
        })),
        ...table.checks
          .filter(({ isInherited }) => !isInherited)
          .map((check) => ({ ...check, fix: toFix(alter, check) })),
      ]
      for (const { name, isEnforced, fix } of found) {
        if (isEnforced) continue
        yield {
          objects: [partSubject('constraint', table, name)],
          message: `${name} of ${toName(table)} is not enforced`,
          fix,
        }
      }
    }
  },
}

/** A check cannot be altered, only made anew. */
function toFix(alter: string, { name, definition }: { name: string; definition: string }): string {
  const rule = definition.replace(/ NOT (VALID|ENFORCED)/g, '')
  const constraint = toIdentifier(name)
  return `${alter} DROP CONSTRAINT ${constraint}, ADD CONSTRAINT ${constraint} ${rule};`
}
