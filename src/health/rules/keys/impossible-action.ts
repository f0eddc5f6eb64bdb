import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds foreign keys that would put null where null is refused. */
export const impossibleAction: Rule = {
  id: 'impossible-action',
  severity: 'warning',
  title: 'A foreign key sets to null what must not be null',
  why: 'Deleting a referenced row always fails, with an error about the referencing table.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const { name, columns, onDelete, onDeleteColumns, onUpdate } of table.foreignKeys) {
        const deleted = onDeleteColumns.length > 0 ? onDeleteColumns : columns
        const stuck = table.columns.find(
          (column) =>
            (deleted.includes(column.name) && isImpossible(onDelete, column)) ||
            (columns.includes(column.name) && isImpossible(onUpdate, column)),
        )
        if (!stuck) continue
        yield {
          objects: [
            partSubject('constraint', table, name),
            partSubject('column', table, stuck.name),
          ],
          message: `${name} of ${toName(table)} would set ${stuck.name} to null, which is NOT NULL`,
          fix: null,
        }
      }
    }
  },
}

function isImpossible(action: string, { notNull, default: fallback }: CatalogColumn): boolean {
  return notNull && (action === 'SET NULL' || (action === 'SET DEFAULT' && fallback === null))
}
