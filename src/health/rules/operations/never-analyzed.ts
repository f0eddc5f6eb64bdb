import { needsStatistics } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

// In a table with fewer rows, a wrong estimate costs little.
const minRows = 1_000

/** Finds tables with rows for which the planner has no statistics. */
export const neverAnalyzed: Rule = {
  id: 'never-analyzed',
  severity: 'warning',
  title: 'A table was never analyzed',
  why: 'Without statistics the planner guesses, and a join that should take milliseconds may take minutes.',
  link: `${manual}sql-analyze.html`,
  isDefault: true,
  skipReason: needsStatistics,
  *find({ tables, statistics }) {
    for (const table of tables) {
      const counters = statistics?.tables.get(toName(table))
      if (!counters || counters.analyzedAt !== null || counters.liveRows < minRows) continue
      if (table.kind !== 'table' || table.estimatedRows !== null) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has about ${counters.liveRows} rows and was never analyzed`,
        fix: `ANALYZE ${toQualified(table)};`,
      }
    }
  },
}
