import type { CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject, tableSubject, viewSubject } from './subjects.ts'

/** Finds tables, views and, before them, their columns by their name; `says` completes "`name` …". */
export function* findNames(
  { roots, views }: Inspected,
  isWrong: (name: string) => boolean,
  says: string,
): Iterable<Found> {
  for (const table of roots) yield* findIn(table, ['table', 'TABLE'])
  for (const view of views) {
    yield* findIn(view, ['view', view.kind === 'materialized' ? 'MATERIALIZED VIEW' : 'VIEW'])
  }

  function* findIn(
    owner: CatalogTable | CatalogView,
    [kind, what]: readonly ['table' | 'view', string],
  ): Iterable<Found> {
    for (const { name } of owner.columns) {
      if (!isWrong(name)) continue
      yield {
        objects: [partSubject('column', owner, name)],
        message: `${toName(owner)}.${name} ${says}`,
        fix: toFix(what, owner, name),
      }
    }
    if (!isWrong(owner.name)) return
    yield {
      objects: [kind === 'table' ? tableSubject(owner) : viewSubject(owner)],
      message: `${toName(owner)} ${says}`,
      fix: toFix(what, owner, ''),
    }
  }
}

/** Suggests a name in small letters, with an underscore where it would be a key word; null where nothing is left. */
function toFix(what: string, owner: ObjectName, column: string): string | null {
  const old = column || owner.name
  const plain = old
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^(?=[0-9])/, '_')
  const name = plain === old ? `${plain}_` : plain
  if (!/[a-z0-9]/.test(name) || name.length > 62) return null
  const part = column ? `COLUMN ${toIdentifier(column)} ` : ''
  return `ALTER ${what} ${toQualified(owner)} RENAME ${part}TO ${toIdentifier(name)};`
}
