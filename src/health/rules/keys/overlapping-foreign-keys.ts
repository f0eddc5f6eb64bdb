import { toName } from '../../kit/identifiers.ts'
import { isSameSet } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds foreign keys that share some, not all, of their columns with another one to the same table. */
export const overlappingForeignKeys: Rule = {
  id: 'overlapping-foreign-keys',
  severity: 'info',
  title: 'Two foreign keys to one table share columns',
  why: 'A column that has to satisfy two references to one table usually means that one of them was meant to be replaced.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      const keys = table.foreignKeys
      for (const [at, key] of keys.entries()) {
        const other = keys
          .slice(0, at)
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
          message: `${key.name} and ${other.name} of ${toName(table)} share columns and both refer to ${toName(key.target)}`,
          fix: null,
        }
      }
    }
  },
}
