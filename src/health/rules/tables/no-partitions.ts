import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const noPartitions: Rule = {
  id: 'no-partitions',
  severity: 'warning',
  title: 'A partitioned table has no partitions',
  why: 'A partitioned table stores no rows itself, so every insert fails.',
  link: `${manual}ddl-partitioning.html`,
  isDefault: true,
  *find({ tables, partitionsOf }) {
    for (const table of tables) {
      if (table.kind !== 'partitioned' || partitionsOf(table).length > 0) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} is partitioned by ${table.partitionKey ?? 'a key'}, but has no partition`,
        fix: null,
      }
    }
  },
}
