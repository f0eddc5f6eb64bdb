import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds plain B-tree indexes over an array or a jsonb. */
export const btreeOnContainer: Rule = {
  id: 'btree-on-container',
  severity: 'warning',
  title: 'A B-tree index is over an array or jsonb',
  why: 'It finds whole values only: containment and key look-ups do not use it, and a long value does not fit into it.',
  link: `${manual}gin.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      const containers = new Set(
        table.columns
          .filter(({ baseType, isArray }) => isArray || baseType === 'jsonb')
          .map(({ name }) => name),
      )
      for (const { name, keys, method, isUnique, partitionOf } of table.indexes) {
        const column = keys.find((key) => key.column !== null && containers.has(key.column))?.column
        if (!column || method !== 'btree' || isUnique || partitionOf) continue
        yield {
          objects: [partSubject('index', table, name), partSubject('column', table, column)],
          message: `${name} of ${toName(table)} is a B-tree over ${column}, an array or jsonb`,
          fix: `CREATE INDEX ON ${toQualified(table)} USING gin (${toIdentifier(column)});`,
        }
      }
    }
  },
}
