import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject, tableSubject } from '../../kit/subjects.ts'

export const partitionMissingIndex: Rule = {
  id: 'partition-missing-index',
  severity: 'warning',
  title: 'A partition lacks an index of its parent',
  why: 'An index created with ON ONLY stays invalid until every partition has its part. Until then, queries on the other partitions scan them, and a unique index guarantees nothing.',
  link: `${manual}ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE`,
  isDefault: true,
  *find({ tables, partitionsOf }) {
    for (const table of tables) {
      if (table.kind !== 'partitioned') continue
      for (const index of table.indexes) {
        if (index.isValid) continue
        const missing = partitionsOf(table).filter(
          (part) =>
            part.kind !== 'foreign' &&
            !part.indexes.some(
              ({ partitionOf, isValid }) =>
                isValid && partitionOf?.schema === table.schema && partitionOf.name === index.name,
            ),
        )
        yield {
          objects: [partSubject('index', table, index.name), ...missing.map(tableSubject)],
          message:
            missing.length > 0
              ? `${index.name} of ${toName(table)} is missing on ${missing.map(toName).join(', ')}`
              : `${index.name} of ${toName(table)} is invalid although every partition has it`,
          fix: null,
        }
      }
    }
  },
}
