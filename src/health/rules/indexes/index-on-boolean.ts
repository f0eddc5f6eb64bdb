import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds indexes on a whole table whose only key is a boolean. */
export const indexOnBoolean: Rule = {
  id: 'index-on-boolean',
  severity: 'info',
  title: 'An index has a boolean as its only key',
  why: 'The index only splits the table in two. A partial index on the rarer value is smaller, and the planner uses it more often.',
  link: `${manual}indexes-partial.html`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      yield null
      const booleans = new Set(
        table.columns
          .filter(({ baseType, isArray }) => baseType === 'bool' && !isArray)
          .map(({ name }) => name),
      )
      for (const { name, keys, predicate, partitionOf, isUnique } of table.indexes) {
        const [key] = keys
        if (!key?.column || keys.length > 1 || !booleans.has(key.column)) continue
        if (predicate !== null || partitionOf || isUnique) continue
        yield {
          objects: [partSubject('index', table, name)],
          message: `${name} of ${toName(table)} has the boolean ${key.column} as its only key`,
          fix: null,
        }
      }
    }
  },
}
