import { needsStatistics } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

const minDeadRows = 10_000
// Autovacuum starts at a share of 0.2 by default. At twice that it does not keep up.
const minShare = 0.4

export const deadRows: Rule = {
  id: 'dead-rows',
  severity: 'warning',
  title: 'Dead rows accumulate',
  why: 'Vacuum cannot keep up, or something blocks it, such as an old transaction or a forgotten replication slot. The table grows, and every scan reads the dead rows too.',
  link: `${manual}routine-vacuuming.html`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ tables, statistics }) {
    for (const table of tables) {
      const { liveRows = 0, deadRows: dead = 0 } = statistics?.tables.get(toName(table)) ?? {}
      if (dead < minDeadRows || dead < (liveRows + dead) * minShare) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} holds ${dead} dead rows and ${liveRows} live rows`,
        fix: `VACUUM (ANALYZE) ${toQualified(table)};`,
      }
    }
  },
}
