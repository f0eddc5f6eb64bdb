import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject, tableSubject } from '../../kit/subjects.ts'

/** Bytes PostgreSQL keeps of a name. */
const longest = 63

/** Finds tables, columns, indexes and constraints whose names are as long as names can be. */
export const truncatedName: Rule = {
  id: 'truncated-name',
  severity: 'info',
  title: 'A name was probably cut off',
  why: 'PostgreSQL keeps 63 bytes and drops the rest without an error: the name in the code is another one, and two long names may become the same.',
  link: `${manual}sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS`,
  isDefault: true,
  *find({ roots }) {
    for (const table of roots) {
      for (const [kind, name] of namesOf(table)) {
        if (name.length * 3 < longest || toBytes(name) < longest) continue
        yield {
          objects: [kind === 'table' ? tableSubject(table) : partSubject(kind, table, name)],
          message: `${name} of ${toName(table)} is as long as names can be`,
          fix: null,
        }
      }
    }
  },
}

/** The table's own name and those of its parts; an index behind a constraint has the constraint's. */
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

function toBytes(name: string): number {
  return new TextEncoder().encode(name).length
}
