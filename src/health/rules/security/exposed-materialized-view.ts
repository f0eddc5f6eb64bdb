import { needsExposedSchemas } from '../../kit/preconditions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { viewSubject } from '../../kit/subjects.ts'

export const exposedMaterializedView: Rule = {
  id: 'exposed-materialized-view',
  severity: 'warning',
  title: 'A materialized view is exposed',
  why: 'Materialized views have no row security: a role that may read the view reads all of it.',
  link: `${manual}rules-materializedviews.html`,
  isDefault: true,
  skipReason: needsExposedSchemas,
  *find({ views, exposedSchemas }) {
    for (const view of views) {
      if (view.kind !== 'materialized' || !exposedSchemas.has(view.schema)) continue
      yield {
        objects: [viewSubject(view)],
        message: `${toName(view)} is a materialized view in an exposed schema`,
        fix: null,
      }
    }
  },
}
