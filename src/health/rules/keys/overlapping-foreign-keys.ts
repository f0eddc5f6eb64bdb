import { toName } from '../../kit/identifiers.ts'
import { isSameSet } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds pairs of foreign keys to one table that share some, but not all, of their columns. */
export const overlappingForeignKeys: Rule = {
  id: 'overlapping-foreign-keys',
  severity: 'info',
  title: 'Two foreign keys to one table share columns',
  why: 'A column that must satisfy two references to the same table usually means that one of them was meant to replace the other.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      const keys = table.foreignKeys
      for (const [index, key] of keys.entries()) {
        const other = keys
          .slice(0, index)
          .find(
            ({ columns, target }) =>
              toName(target) === toName(key.target) &&
              columns.some((column) => key.columns.includes(column)) &&
              !isSameSet(columns, key.columns),
          )
        if (!other) continue
        yield {
          objects: [
            partSubject('constraint', table, key.name),
            partSubject('constraint', table, other.name),
          ],
          message: `${key.name} and ${other.name} of ${toName(table)} share columns, and both reference ${toName(key.target)}`,
          fix: null,
        }
      }
    }
  },
}
