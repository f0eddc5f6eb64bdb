import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { toIdentifiers, toName, toQualified } from '../../kit/identifiers.ts'
import { isCovering } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds foreign keys whose columns are not the first keys of an index, in any order. */
export const unindexedForeignKey: Rule = {
  id: 'unindexed-foreign-key',
  severity: 'warning',
  title: 'A foreign key has no index',
  why: 'Every delete or key change in the referenced table scans the whole referencing table, and so do joins along the foreign key.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      yield null
      for (const { name, columns } of table.foreignKeys) {
        if (table.indexes.some((index) => isCovering(index, columns))) continue
        yield {
          objects: [partSubject('constraint', table, name)],
          message: `The foreign key ${toName(table)} (${columns.join(', ')}) has no index`,
          fix: toFix(table, columns),
        }
      }
    }
  },
}

function toFix(table: CatalogTable, columns: readonly string[]): string {
  // PostgreSQL cannot index a partitioned table concurrently
  const option = table.kind === 'partitioned' ? '' : ' CONCURRENTLY'
  return `CREATE INDEX${option} ON ${toQualified(table)} (${toIdentifiers(columns)});`
}
