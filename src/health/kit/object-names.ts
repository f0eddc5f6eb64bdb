import type { CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject, tableSubject, viewSubject } from './subjects.ts'

/**
 * Finds tables and views by name, and the columns of each before itself.
 *
 * @param problem Completes the sentence "`name` …".
 */
export function* findNames(
  { roots, views }: Inspected,
  isWrong: (name: string) => boolean,
  problem: string,
): Iterable<Found> {
  for (const table of roots) yield* findIn(table, ['table', 'TABLE'])
  for (const view of views) {
    yield* findIn(view, ['view', view.kind === 'materialized' ? 'MATERIALIZED VIEW' : 'VIEW'])
  }

  function* findIn(
    owner: CatalogTable | CatalogView,
    [kind, keyword]: readonly ['table' | 'view', string],
  ): Iterable<Found> {
    for (const { name } of owner.columns) {
      if (!isWrong(name)) continue
      yield {
        objects: [partSubject('column', owner, name)],
        message: `${toName(owner)}.${name} ${problem}`,
        fix: toFix(keyword, owner, name),
      }
    }
    if (!isWrong(owner.name)) return
    yield {
      objects: [kind === 'table' ? tableSubject(owner) : viewSubject(owner)],
      message: `${toName(owner)} ${problem}`,
      fix: toFix(keyword, owner, ''),
    }
  }
}

// Proposes a name in lower case, with an underscore at its end if it is a key word. Null when no usable name is left.
function toFix(keyword: string, owner: ObjectName, column: string): string | null {
  const current = column || owner.name
  const plain = current
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^(?=[0-9])/, '_')
  const name = plain === current ? `${plain}_` : plain
  if (!/[a-z0-9]/.test(name) || name.length > 62) return null
  const part = column ? `COLUMN ${toIdentifier(column)} ` : ''
  return `ALTER ${keyword} ${toQualified(owner)} RENAME ${part}TO ${toIdentifier(name)};`
}
