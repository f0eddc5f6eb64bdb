import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import type { CatalogIndex } from '../../../project/catalog/constraints.ts'
import { toName } from '../../kit/identifiers.ts'
import { isSameSet, keyColumns } from '../../kit/indexes.ts'
import { append } from '../../../lib/groups.ts'
import type { Inspected } from '../../kit/inspected.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/**
 * Finds unique indexes whose columns include those of a smaller unique index. An index that a foreign key references is
 * not reported.
 */
export const redundantUnique: Rule = {
  id: 'redundant-unique',
  severity: 'info',
  title: 'Fewer columns already guarantee uniqueness',
  why: 'If a column is unique, every combination with other columns is unique too, so the larger index checks nothing new.',
  link: `${manual}indexes-unique.html`,
  isDefault: true,
  *find(inspected) {
    const targets = toTargets(inspected)
    for (const table of inspected.roots) {
      yield null
      if (table.indexes.filter(({ isUnique }) => isUnique).length < 2) continue
      const unique = table.indexes.flatMap((index) => toUnique(index, table))
      for (const { index, columns } of unique) {
        const smaller = unique.find(
          (other) =>
            other.columns.length < columns.length &&
            other.isStrict &&
            other.columns.every((column) => columns.includes(column)),
        )
        const isTarget = targets.get(toName(table))?.some((key) => isSameSet(key, columns))
        if (!smaller || isTarget) continue
        yield {
          objects: [
            partSubject('index', table, index.name),
            partSubject('index', table, smaller.index.name),
          ],
          message: `${index.name} of ${toName(table)} is redundant: ${smaller.index.name} already guarantees uniqueness`,
          fix: null,
        }
      }
    }
  },
}

function toTargets({ tables }: Inspected): ReadonlyMap<string, readonly (readonly string[])[]> {
  const targets = new Map<string, (readonly string[])[]>()
  for (const { foreignKeys } of tables) {
    for (const { target, targetColumns } of foreignKeys) {
      append(targets, toName(target), targetColumns)
    }
  }
  return targets
}

// A smaller index guarantees the uniqueness of a larger one only if nulls cannot repeat in it.
function toUnique(index: CatalogIndex, table: CatalogTable) {
  const columns = keyColumns(index)
  if (!columns || !index.isUnique || !index.isValid || index.predicate !== null) return []
  const isStrict = columns.every(
    (name) => table.columns.find((column) => column.name === name)?.notNull,
  )
  return [{ index, columns, isStrict: isStrict || index.nullsNotDistinct }]
}
