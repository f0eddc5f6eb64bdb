import type { CatalogTable } from '../../../project/catalog/catalog.ts'
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
  *find({ tables, partitionsOf, catalog }) {
    const taken = new Set([...catalog.tables, ...catalog.views].map(toName))

    for (const table of tables) {
      if (table.kind !== 'partitioned' || table.partitionKey?.startsWith('HASH')) continue
      const parts = partitionsOf(table)
      if (parts.length === 0 || parts.some(({ partitionOf }) => partitionOf?.bound === 'DEFAULT'))
        continue
      if (isBooleanList(table, parts.length)) continue
      const name = { schema: table.schema, name: `${table.name}_default` }
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)}, partitioned by ${table.partitionKey}, has no default partition`,
        fix: taken.has(toName(name))
          ? null
          : `CREATE TABLE ${toIdentifier(name.schema)}.${toIdentifier(name.name)} PARTITION OF ${toQualified(table)} DEFAULT;`,
      }
    }
  },
}

// A list over a boolean that cannot be null has only two values.
function isBooleanList({ partitionKey, columns }: CatalogTable, parts: number): boolean {
  const name = /^LIST \((.+)\)$/.exec(partitionKey ?? '')?.[1]
  const column = columns.find((one) => one.name === name)
  return column?.baseType === 'bool' && column.notNull && parts === 2
}
