import { needsStatistics } from '../../kit/preconditions.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

const minDeadRows = 500_000

export const catalogBloat: Rule = {
  id: 'catalog-bloat',
  severity: 'warning',
  title: 'The system catalogs are full of dead rows',
  why: 'Every query reads the catalogs: planning slows down, and tools that introspect the schema hang. The usual cause is constant use of temporary tables.',
  link: `${manual}routine-vacuuming.html`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ statistics, catalog }) {
    const dead = statistics?.catalogDeadRows ?? 0
    if (dead < minDeadRows) return
    yield {
      objects: [standaloneSubject('database', null, catalog.database)],
      message: `The system catalogs of ${catalog.database} hold ${dead} dead rows`,
      fix: `VACUUM pg_catalog.pg_attribute;\nVACUUM pg_catalog.pg_depend;`,
    }
  },
}
