import type { CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import { toName } from './identifiers.ts'
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
  for (const table of roots) yield* findIn(table, 'table')
  for (const view of views) yield* findIn(view, 'view')

  function* findIn(owner: CatalogTable | CatalogView, kind: 'table' | 'view'): Iterable<Found> {
    for (const { name } of owner.columns) {
      if (!isWrong(name)) continue
      yield {
        objects: [partSubject('column', owner, name)],
        message: `${toName(owner)}.${name} ${problem}`,
        fix: null,
        advice: renameAdvice,
      }
    }
    if (!isWrong(owner.name)) return
    yield {
      objects: [kind === 'table' ? tableSubject(owner) : viewSubject(owner)],
      message: `${toName(owner)} ${problem}`,
      fix: null,
      advice: renameAdvice,
    }
  }
}

const renameAdvice =
  'Rename it together with the code that uses it. Views follow a new name by themselves; functions and queries of the application do not.'
