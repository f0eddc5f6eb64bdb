import { needsOldStatistics } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

const minRows = 10_000

/** Finds large tables that have not been vacuumed since the counters started. */
export const neverVacuumed: Rule = {
  id: 'never-vacuumed',
  severity: 'info',
  title: 'A large table was never vacuumed',
  why: 'Without a visibility map, index-only scans still read the table, and the first vacuum against wraparound comes at an unexpected time.',
  link: `${manual}routine-vacuuming.html`,
  isDefault: true,
  skipReason: needsOldStatistics,
  *find({ tables, statistics }) {
    for (const table of tables) {
      const counters = statistics?.tables.get(toName(table))
      if (!counters || counters.vacuumedAt !== null || counters.liveRows < minRows) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has about ${counters.liveRows} rows and was never vacuumed`,
        fix: `VACUUM ${toQualified(table)};`,
      }
    }
  },
}
