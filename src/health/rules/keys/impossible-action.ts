import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const impossibleAction: Rule = {
  id: 'impossible-action',
  severity: 'warning',
  title: 'A foreign key sets a NOT NULL column to null',
  why: 'Deleting or changing a referenced row always fails, with an error about the referencing table.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const { name, columns, onDelete, onDeleteColumns, onUpdate } of table.foreignKeys) {
        const clearedColumns = onDeleteColumns.length > 0 ? onDeleteColumns : columns
        const blocked = table.columns.find(
          (column) =>
            (clearedColumns.includes(column.name) && isImpossible(onDelete, column)) ||
            (columns.includes(column.name) && isImpossible(onUpdate, column)),
        )
        if (!blocked) continue
        yield {
          objects: [
            partSubject('constraint', table, name),
            partSubject('column', table, blocked.name),
          ],
          message: `${name} of ${toName(table)} would set the NOT NULL column ${blocked.name} to null`,
          fix: null,
        }
      }
    }
  },
}

function isImpossible(action: string, { notNull, default: fallback }: CatalogColumn): boolean {
  return notNull && (action === 'SET NULL' || (action === 'SET DEFAULT' && fallback === null))
}
