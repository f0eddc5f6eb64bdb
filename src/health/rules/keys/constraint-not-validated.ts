import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import type { Inspected } from '../../kit/inspected.ts'
import { manual, type Found, type Rule } from '../../kit/rule.ts'
import { standaloneSubject, partSubject } from '../../kit/subjects.ts'

/** Finds constraints of tables and domains that were added as NOT VALID and never validated. */
export const constraintNotValidated: Rule = {
  id: 'constraint-not-validated',
  severity: 'warning',
  title: 'A constraint was never validated',
  why: 'Existing rows may violate it, the planner does not rely on it, and restoring a dump may fail.',
  link: `${manual}sql-altertable.html#SQL-ALTERTABLE-NOTES`,
  isDefault: true,
  *find(inspected) {
    yield* findInTables(inspected)
    for (const domain of inspected.catalog.domains) {
      for (const { name, isValidated } of domain.extension === null ? domain.checks : []) {
        if (isValidated) continue
        yield {
          objects: [standaloneSubject('domain', domain.schema, `${domain.name}.${name}`)],
          message: `${name} of the domain ${toName(domain)} was never validated`,
          fix: `ALTER DOMAIN ${toQualified(domain)} VALIDATE CONSTRAINT ${toIdentifier(name)};`,
        }
      }
    }
  },
}

function* findInTables({ tables }: Inspected): Iterable<Found> {
  for (const table of tables) {
    const checks = table.checks.filter(({ isInherited }) => !isInherited)
    for (const { name, isValidated, isEnforced } of [...table.foreignKeys, ...checks]) {
      if (isValidated || !isEnforced || table.kind === 'foreign') continue
      yield {
        objects: [partSubject('constraint', table, name)],
        message: `${name} of ${toName(table)} was never validated`,
        fix: `ALTER TABLE ${toQualified(table)} VALIDATE CONSTRAINT ${toIdentifier(name)};`,
      }
    }
  }
}
