import { toName } from '../../kit/identifiers.ts'
import { keyColumns } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { viewSubject } from '../../kit/subjects.ts'

export const unrefreshableView: Rule = {
  id: 'unrefreshable-view',
  severity: 'info',
  title: 'A materialized view has no unique index',
  why: 'Only a unique index on plain columns and all rows allows REFRESH … CONCURRENTLY. Without one, readers wait during every refresh.',
  link: `${manual}sql-refreshmaterializedview.html`,
  isDefault: true,
  *find({ views }) {
    for (const view of views) {
      const isReady = view.indexes.some(
        (index) =>
          index.isUnique && index.isValid && index.predicate === null && keyColumns(index) !== null,
      )
      if (view.kind !== 'materialized' || isReady) continue
      yield {
        objects: [viewSubject(view)],
        message: `${toName(view)} cannot be refreshed concurrently`,
        fix: null,
      }
    }
  },
}
