import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { toIdentifiers, toName, toQualified } from '../../kit/identifiers.ts'
import { isCovering } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds foreign keys whose columns are not, together and in any order, the first of one index. */
export const unindexedForeignKey: Rule = {
  id: 'unindexed-foreign-key',
  severity: 'warning',
  title: 'A foreign key has no index',
  why: 'Each delete or key change in the referenced table reads the whole referencing table, and so do joins that follow the key.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const { name, columns } of table.foreignKeys) {
        if (table.indexes.some((index) => isCovering(index, columns))) continue
        yield {
          objects: [partSubject('constraint', table, name)],
          message: `${toName(table)} (${columns.join(', ')}) refers to another table without an index`,
          fix: toFix(table, columns),
        }
      }
    }
  },
}

/** Partitioned tables cannot be indexed concurrently. */
function toFix(table: CatalogTable, columns: readonly string[]): string {
  const how = table.kind === 'partitioned' ? '' : ' CONCURRENTLY'
  return `CREATE INDEX${how} ON ${toQualified(table)} (${toIdentifiers(columns)});`
}
