import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { viewSubject } from '../../kit/subjects.ts'

export const unpopulatedView: Rule = {
  id: 'unpopulated-view',
  severity: 'warning',
  title: 'A materialized view has no data',
  why: 'Reading the view fails until it is refreshed.',
  link: `${manual}sql-refreshmaterializedview.html`,
  isDefault: true,
  *find({ views }) {
    for (const view of views) {
      if (view.kind !== 'materialized' || view.isPopulated) continue
      yield {
        objects: [viewSubject(view)],
        message: `${toName(view)} holds no data`,
        fix: `REFRESH MATERIALIZED VIEW ${toQualified(view)};`,
      }
    }
  },
}
