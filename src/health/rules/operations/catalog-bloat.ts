import { needsStatistics } from '../../kit/preconditions.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

const manyRows = 500_000

/** Finds system catalogs full of dead rows, as temporary tables leave them. */
export const catalogBloat: Rule = {
  id: 'catalog-bloat',
  severity: 'warning',
  title: 'The system catalogs are full of dead rows',
  why: 'Every look at the schema reads them: planning slows down, and tools that introspect hang. Temporary tables made all day long do this.',
  link: `${manual}routine-vacuuming.html`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ statistics, catalog }) {
    const dead = statistics?.catalogDeadRows ?? 0
    if (dead < manyRows) return
    yield {
      objects: [standaloneSubject('database', null, catalog.database)],
      message: `The catalogs of ${catalog.database} hold ${dead} dead rows`,
      fix: `VACUUM pg_catalog.pg_attribute;\nVACUUM pg_catalog.pg_depend;`,
    }
  },
}
