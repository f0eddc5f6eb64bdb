import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject, viewSubject } from '../../kit/subjects.ts'

/** Finds views that read, with their owner's rights, tables with row security or for an exposed schema. */
export const definerView: Rule = {
  id: 'definer-view',
  severity: 'warning',
  title: 'A view bypasses row security',
  why: 'It reads with the rights of its owner: the policies of the tables below do not ask who is looking.',
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
            ? `${toName(view)} reads ${guarded.map(toName).join(', ')} past row security`
            : `${toName(view)} is exposed and reads with its owner's rights`,
        fix:
          catalog.serverVersion >= 150_000
            ? `ALTER VIEW ${toQualified(view)} SET (security_invoker = true);`
            : null,
      }
    }
  },
}
