import { needsStatistics } from '../../kit/preconditions.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

// Autovacuum freezes at 200 million by default. At twice that, something prevents it.
const warningAge = 400_000_000
// The server stops accepting writes shortly before 2^31.
const dangerAge = 1_000_000_000

export const wraparound: Rule = {
  id: 'wraparound',
  severity: 'warning',
  title: 'Transaction ids are running out',
  why: 'Vacuum must freeze old rows before two billion transactions have passed. If it cannot, the server stops accepting writes.',
  link: `${manual}routine-vacuuming.html#VACUUM-FOR-WRAPAROUND`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ statistics, catalog, tables }) {
    const age = statistics?.databaseAge ?? 0
    if (age < warningAge) return
    const oldest = tables.reduce<{ name: string; age: number }>(
      (found, { schema, name }) => {
        const tableAge = statistics?.tables.get(`${schema}.${name}`)?.age ?? 0
        return tableAge > found.age ? { name: `${schema}.${name}`, age: tableAge } : found
      },
      { name: '', age: 0 },
    )
    yield {
      objects: [standaloneSubject('database', null, catalog.database)],
      message: `The oldest transaction of ${catalog.database} is ${age} transactions old${oldest.name && `; the oldest table is ${oldest.name}`}`,
      fix: `VACUUM (FREEZE);`,
      ...(age >= dangerAge ? { severity: 'danger' as const } : {}),
    }
  },
}
