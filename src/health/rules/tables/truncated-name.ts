import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject, tableSubject } from '../../kit/subjects.ts'

// The number of bytes that PostgreSQL keeps of a name.
const maxNameBytes = 63

/** Finds tables, columns, indexes and constraints whose name has the maximum length, or one byte less. */
export const truncatedName: Rule = {
  id: 'truncated-name',
  severity: 'info',
  title: 'A name was probably truncated',
  why: 'PostgreSQL keeps 63 bytes of a name and drops the rest without an error: the code and the database then use different names, and two long names may collide.',
  link: `${manual}sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS`,
  isDefault: true,
  *find({ roots }) {
    for (const table of roots) {
      yield null
      for (const [kind, name] of namesOf(table)) {
        if (name.length * 3 < maxNameBytes - 1 || !isCut(name)) continue
        if (isGenerated(name)) continue
        yield {
          objects: [kind === 'table' ? tableSubject(table) : partSubject(kind, table, name)],
          message: `${name} of ${toName(table)} is as long as a name that PostgreSQL cut`,
          fix: null,
        }
      }
    }
  },
}

// An index of a constraint has the name of the constraint, so it is left out.
function* namesOf(
  table: CatalogTable,
): Iterable<readonly ['table' | 'column' | 'constraint' | 'index', string]> {
  yield ['table', table.name]
  for (const { name } of table.columns) yield ['column', name]
  if (table.primaryKey) yield ['constraint', table.primaryKey.name]
  for (const { name } of table.keys) yield ['constraint', name]
  for (const { name } of table.foreignKeys) yield ['constraint', name]
  for (const { name } of table.checks) yield ['constraint', name]
  for (const { name, constraint } of table.indexes) if (constraint !== name) yield ['index', name]
}

// PostgreSQL cuts between characters, so a name whose next character has two bytes keeps 62.
function isCut(name: string): boolean {
  return new TextEncoder().encode(name).length >= maxNameBytes - 1
}

// PostgreSQL shortens the parts of the names that it makes itself until they fit.
function isGenerated(name: string): boolean {
  return /_(pkey|key|idx|fkey|check|excl|seq|not_null)\d*$/.test(name)
}
