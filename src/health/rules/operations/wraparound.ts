import { needsStatistics } from '../../kit/preconditions.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

// Autovacuum freezes at 200 million transactions and 400 million multixacts by default. At twice that, something prevents it.
// The server stops accepting writes shortly before 2^31 of either.
const limits = {
  transaction: { warning: 400_000_000, danger: 1_000_000_000 },
  multixact: { warning: 800_000_000, danger: 1_200_000_000 },
}

/** Finds a database whose oldest transaction or multixact is old. A multixact is several transactions that lock one row. */
export const wraparound: Rule = {
  id: 'wraparound',
  severity: 'warning',
  title: 'Transaction ids are running out',
  why: 'Vacuum must freeze old rows before two billion transactions or multixacts have passed. If it cannot, the server stops accepting writes.',
  link: `${manual}routine-vacuuming.html#VACUUM-FOR-WRAPAROUND`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ statistics, catalog, tables }) {
    const ages = [
      ['transaction', statistics?.databaseAge ?? 0],
      ['multixact', statistics?.multixactAge ?? 0],
    ] as const
    const old = ages.filter(([kind, age]) => age >= limits[kind].warning)
    if (old.length === 0) return
    const oldest = tables.reduce<{ name: string; age: number }>(
      (found, { schema, name }) => {
        const tableAge = statistics?.tables.get(`${schema}.${name}`)?.age ?? 0
        return tableAge > found.age ? { name: `${schema}.${name}`, age: tableAge } : found
      },
      { name: '', age: 0 },
    )
    const what = old
      .map(([kind, age]) => `the oldest ${kind} is ${age} ${kind}s old`)
      .join(', and ')
    const isByTransaction = old.some(([kind]) => kind === 'transaction')
    yield {
      objects: [standaloneSubject('database', null, catalog.database)],
      message: `In ${catalog.database}, ${what}${isByTransaction && oldest.name ? `; the oldest table is ${oldest.name}` : ''}`,
      fix: `VACUUM (FREEZE);`,
      ...(old.some(([kind, age]) => age >= limits[kind].danger)
        ? { severity: 'danger' as const }
        : {}),
    }
  },
}
