import { needsStatistics } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

const manyRows = 10_000
/** Autovacuum starts at a fifth: at twice that it does not keep up. */
const share = 0.4

/** Finds tables in which dead rows pile up. */
export const deadRows: Rule = {
  id: 'dead-rows',
  severity: 'warning',
  title: 'Dead rows pile up',
  why: 'Vacuum does not keep up, or something holds it back (an old transaction, a forgotten replication slot): the table grows and every scan reads the dead.',
  link: `${manual}routine-vacuuming.html`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ tables, statistics }) {
    for (const table of tables) {
      const { liveRows = 0, deadRows: dead = 0 } = statistics?.tables.get(toName(table)) ?? {}
      if (dead < manyRows || dead < (liveRows + dead) * share) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} holds ${dead} dead rows beside ${liveRows} live ones`,
        fix: `VACUUM (ANALYZE) ${toQualified(table)};`,
      }
    }
  },
}
