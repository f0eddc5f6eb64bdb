import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import type { CatalogForeignKey } from '../../project/catalog/constraints.ts'
import { toName } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject } from './subjects.ts'

const byteWidths: Readonly<Record<string, number>> = { int2: 2, int4: 4, int8: 8 }

/** Returns true when both columns are integers and the first has fewer bytes. */
export function isNarrower(from: CatalogColumn, to: CatalogColumn): boolean {
  const [fromWidth, toWidth] = [byteWidths[from.baseType], byteWidths[to.baseType]]
  return fromWidth !== undefined && toWidth !== undefined && fromWidth < toWidth
}

/** Finds foreign keys with a column whose type does not fit the column it references. */
export function* findMismatchedKeys(
  inspected: Inspected,
  isWrong: (from: CatalogColumn, to: CatalogColumn) => boolean,
): Iterable<Found | null> {
  for (const table of inspected.tables) {
    yield null
    for (const key of table.foreignKeys) {
      const target = inspected.tableOf(key.target)
      const pair = target && toPairs(table, key, target).find(([from, to]) => isWrong(from, to))
      if (!target || !pair) continue
      const [from, to] = pair
      yield {
        objects: [
          partSubject('constraint', table, key.name),
          partSubject('column', table, from.name),
          partSubject('column', target, to.name),
        ],
        message: `${toName(table)}.${from.name} is ${from.type}, but references ${toName(target)}.${to.name}, which is ${to.type}`,
        fix: null,
        advice: isNarrower(to, from)
          ? 'Nothing has to be done: the wider integer holds every value of the target.'
          : `Change ${toName(table)}.${from.name} to ${to.type}. The change rewrites the table under an ACCESS EXCLUSIVE lock, and views over the column have to be created again.`,
        // a wider integer holds every value of the target and is compared as fast
        ...(isNarrower(to, from) ? { severity: 'info' as const } : {}),
      }
    }
  }
}

function toPairs(
  table: CatalogTable,
  { columns, targetColumns }: CatalogForeignKey,
  target: CatalogTable,
): [CatalogColumn, CatalogColumn][] {
  return columns.flatMap((name, position) => {
    const from = table.columns.find((column) => column.name === name)
    const to = target.columns.find((column) => column.name === targetColumns[position])
    return from && to ? [[from, to]] : []
  })
}
