import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import type { CatalogForeignKey } from '../../project/catalog/constraints.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { Found } from './rule.ts'
import { partSubject } from './subjects.ts'

const widths: Readonly<Record<string, number>> = { int2: 2, int4: 4, int8: 8 }

/** Tells whether the first is an integer of fewer bytes than the second. */
export function isNarrower(from: CatalogColumn, to: CatalogColumn): boolean {
  const [own, theirs] = [widths[from.baseType], widths[to.baseType]]
  return own !== undefined && theirs !== undefined && own < theirs
}

/** Finds foreign keys with a column that does not fit the one it refers to; a wider integer is compared as fast. */
export function* findPairs(
  inspected: Inspected,
  isWrong: (from: CatalogColumn, to: CatalogColumn) => boolean,
): Iterable<Found> {
  for (const table of inspected.tables) {
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
        message: `${toName(table)}.${from.name} is ${from.type}, but ${toName(target)}.${to.name}, which it refers to, is ${to.type}`,
        fix: `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(from.name)} TYPE ${to.type};`,
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
  return columns.flatMap((name, at) => {
    const from = table.columns.find((column) => column.name === name)
    const to = target.columns.find((column) => column.name === targetColumns[at])
    return from && to ? [[from, to]] : []
  })
}
