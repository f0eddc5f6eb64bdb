import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds B-tree indexes on an array or jsonb column, except unique ones. */
export const btreeOnContainer: Rule = {
  id: 'btree-on-container',
  severity: 'warning',
  title: 'A B-tree index is on an array or jsonb column',
  why: 'The index finds only whole values: containment and key look-ups cannot use it, and inserting a very long value fails.',
  link: `${manual}gin.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      yield null
      const containers = new Set(
        table.columns
          .filter(({ baseType, isArray }) => isArray || baseType === 'jsonb')
          .map(({ name }) => name),
      )
      for (const { name, keys, method, isUnique, partitionOf } of table.indexes) {
        const column = keys[0]?.column // a container behind other keys only sorts
        if (!column || !containers.has(column) || method !== 'btree' || isUnique || partitionOf)
          continue
        yield {
          objects: [partSubject('index', table, name), partSubject('column', table, column)],
          message: `${name} of ${toName(table)} is a B-tree on ${column}, which is an array or jsonb`,
          fix: null,
          advice: `If queries look into ${column}, replace the index by one with USING gin. If they compare whole values, keep it.`,
        }
      }
    }
  },
}
