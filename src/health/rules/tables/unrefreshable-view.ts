import { toName } from '../../kit/identifiers.ts'
import { keyColumns } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { viewSubject } from '../../kit/subjects.ts'

/** Finds materialized views that can be refreshed only while nobody reads them. */
export const unrefreshableView: Rule = {
  id: 'unrefreshable-view',
  severity: 'info',
  title: 'A materialized view has no unique index',
  why: 'Without one, over plain columns and all rows, it cannot be refreshed concurrently: readers wait.',
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
