import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables partitioned by range or list without a default partition. A hash always fits a partition. */
export const noDefaultPartition: Rule = {
  id: 'no-default-partition',
  severity: 'info',
  title: 'A partitioned table has no default partition',
  why: 'PostgreSQL rejects a row that fits no partition: inserts fail as soon as they need a partition that was not created.',
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
