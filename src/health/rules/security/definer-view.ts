import { toName, toQualified } from '../../kit/identifiers.ts'
import type { CatalogView } from '../../../project/catalog/catalog.ts'
import type { ObjectName } from '../../../project/catalog/object-name.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject, viewSubject } from '../../kit/subjects.ts'

/**
 * Finds views that read with the rights of their owner, if a table below has row security or the view is exposed. Views with
 * the rights of the caller below such a view read with the rights of its owner too.
 */
export const definerView: Rule = {
  id: 'definer-view',
  severity: 'warning',
  title: 'A view bypasses row security',
  why: 'The view reads with the rights of its owner, so the policies of its tables do not apply to the role that queries it.',
  link: `${manual}sql-createview.html#SQL-CREATEVIEW-SECURITY`,
  isDefault: true,
  *find({ views, tableOf, exposedSchemas, catalog }) {
    const invokers = new Map(
      views.flatMap((view) => (view.isSecurityInvoker ? [[toName(view), view] as const] : [])),
    )
    for (const view of views) {
      if (view.kind !== 'view' || view.isSecurityInvoker) continue
      const guarded = readsThrough(view, invokers).filter((name) => tableOf(name)?.hasRowSecurity)
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

// Lists what a view reads, itself and through views with the rights of the caller. A view that is reported itself ends the way.
function readsThrough(
  view: CatalogView,
  invokers: ReadonlyMap<string, CatalogView>,
): readonly ObjectName[] {
  const found = new Map<string, ObjectName>()
  const waiting = [...view.reads]
  for (let name = waiting.pop(); name; name = waiting.pop()) {
    if (found.has(toName(name))) continue
    found.set(toName(name), name)
    waiting.push(...(invokers.get(toName(name))?.reads ?? []))
  }
  return [...found.values()]
}
