import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables partitioned by range or list that refuse what fits no partition; a hash always fits one. */
export const noDefaultPartition: Rule = {
  id: 'no-default-partition',
  severity: 'info',
  title: 'A partitioned table has no default partition',
  why: 'A row that fits no partition is refused: the day nobody made the partition for tomorrow, inserts fail.',
  link: `${manual}ddl-partitioning.html`,
  isDefault: true,
  *find({ tables, partitionsOf }) {
    for (const table of tables) {
      if (table.kind !== 'partitioned' || table.partitionKey?.startsWith('HASH')) continue
      const parts = partitionsOf(table)
      if (parts.length === 0 || parts.some(({ partitionOf }) => partitionOf?.bound === 'DEFAULT'))
        continue
      const name = { schema: table.schema, name: `${table.name}_default` }
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)}, partitioned by ${table.partitionKey}, has no default partition`,
        fix: `CREATE TABLE ${toIdentifier(name.schema)}.${toIdentifier(name.name)} PARTITION OF ${toQualified(table)} DEFAULT;`,
      }
    }
  },
}
