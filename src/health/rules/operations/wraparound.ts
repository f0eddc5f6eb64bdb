import { needsStatistics } from '../../kit/preconditions.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

/** Autovacuum freezes at 200 million by default: at twice that it is not getting through. */
const late = 400_000_000
/** The server stops taking writes shortly before 2^31. */
const urgent = 1_000_000_000

/** Finds a database whose oldest transaction is far behind. */
export const wraparound: Rule = {
  id: 'wraparound',
  severity: 'warning',
  title: 'Transaction numbers run out',
  why: 'Vacuum has to freeze old rows before two billion transactions have passed; when it cannot, the server stops taking writes.',
  link: `${manual}routine-vacuuming.html#VACUUM-FOR-WRAPAROUND`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ statistics, catalog, tables }) {
    const age = statistics?.databaseAge ?? 0
    if (age < late) return
    const oldest = tables.reduce<{ name: string; age: number }>(
      (found, { schema, name }) => {
        const own = statistics?.tables.get(`${schema}.${name}`)?.age ?? 0
        return own > found.age ? { name: `${schema}.${name}`, age: own } : found
      },
      { name: '', age: 0 },
    )
    yield {
      objects: [standaloneSubject('database', null, catalog.database)],
      message: `The oldest transaction of ${catalog.database} is ${age} transactions old${oldest.name && `; the oldest table is ${oldest.name}`}`,
      fix: `VACUUM (FREEZE);`,
      ...(age >= urgent ? { severity: 'danger' as const } : {}),
    }
  },
}
