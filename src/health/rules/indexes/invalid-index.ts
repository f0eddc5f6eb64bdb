import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds indexes that a failed concurrent build left behind. */
export const invalidIndex: Rule = {
  id: 'invalid-index',
  severity: 'warning',
  title: 'An index is invalid',
  why: 'Every write keeps it up to date, no query uses it, and a unique one does not vouch for the rows that were there.',
  link: `${manual}sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY`,
  isDefault: true,
  *find({ tables, views }) {
    for (const owner of [...tables, ...views]) {
      if (owner.kind === 'partitioned') continue
      for (const index of owner.indexes) {
        if (index.isValid) continue
        const state = index.isReady ? '' : ', or being built just now'
        yield {
          objects: [partSubject('index', owner, index.name)],
          message: `${index.name} of ${toName(owner)} is invalid${state}`,
          fix: `REINDEX INDEX CONCURRENTLY ${toQualified({ schema: owner.schema, name: index.name })};`,
          ...(index.isUnique ? { severity: 'danger' as const } : {}),
        }
      }
    }
  },
}
