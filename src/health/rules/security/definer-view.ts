import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject, viewSubject } from '../../kit/subjects.ts'

/** Finds views that read with the rights of their owner, if a table below has row security or the view is exposed. */
export const definerView: Rule = {
  id: 'definer-view',
  severity: 'warning',
  title: 'A view bypasses row security',
  why: 'The view reads with the rights of its owner, so the policies of its tables do not apply to the role that queries it.',
  link: `${manual}sql-createview.html#SQL-CREATEVIEW-SECURITY`,
  isDefault: true,
  *find({ views, tableOf, exposedSchemas, catalog }) {
    for (const view of views) {
      if (view.kind !== 'view' || view.isSecurityInvoker) continue
      const guarded = view.reads.filter((name) => tableOf(name)?.hasRowSecurity)
      if (guarded.length === 0 && !exposedSchemas.has(view.schema)) continue
      yield {
        objects: [viewSubject(view), ...guarded.map(tableSubject)],
        message:
          guarded.length > 0
            ? `${toName(view)} bypasses the row security of ${guarded.map(toName).join(', ')}`
            : `${toName(view)} is exposed and reads with the rights of its owner`,
        fix:
          catalog.serverVersion >= 150_000
            ? `ALTER VIEW ${toQualified(view)} SET (security_invoker = true);`
            : null,
      }
    }
  },
}
