import { needsOldStatistics } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { isNeeded } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/**
 * Finds indexes that no query has used since the counters started. For a partitioned index, the scans of all its parts
 * count.
 */
export const unusedIndex: Rule = {
  id: 'unused-index',
  severity: 'info',
  title: 'An index is never used',
  why: 'The index slows down every write and takes space. Replicas count only their own queries, so check them before dropping it.',
  link: `${manual}monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW`,
  isDefault: true,
  skipReason: needsOldStatistics,
  *find({ tables, statistics }) {
    const scans = new Map(statistics?.indexScans)
    for (const table of tables) {
      for (const { name, partitionOf } of table.indexes) {
        if (!partitionOf) continue
        const parent = toName(partitionOf)
        const count = scans.get(`${table.schema}.${name}`) ?? 0
        scans.set(parent, (scans.get(parent) ?? 0) + count)
      }
    }
    for (const table of tables) {
      for (const index of table.indexes) {
        const name = { schema: table.schema, name: index.name }
        if (index.isUnique || index.constraint !== null || index.partitionOf || !index.isValid)
          continue
        if (isNeeded(index)) continue
        if (scans.get(toName(name)) !== 0) continue
        yield {
          objects: [partSubject('index', table, index.name)],
          message: `${index.name} of ${toName(table)} has not been used since the counters started`,
          fix: `DROP INDEX ${table.kind === 'partitioned' ? '' : 'CONCURRENTLY '}${toQualified(name)};`,
        }
      }
    }
  },
}
