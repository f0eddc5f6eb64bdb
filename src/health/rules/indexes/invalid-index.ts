import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const invalidIndex: Rule = {
  id: 'invalid-index',
  severity: 'warning',
  title: 'An index is invalid',
  why: 'Every write updates the index, but no query uses it. If it is unique, it does not guarantee that older rows are unique.',
  link: `${manual}sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY`,
  isDefault: true,
  *find({ tables, views }) {
    for (const owner of [...tables, ...views]) {
      if (owner.kind === 'partitioned') continue
      for (const index of owner.indexes) {
        if (index.isValid) continue
        const state = index.isReady ? '' : ' or still being built'
        yield {
          objects: [partSubject('index', owner, index.name)],
          message: `${index.name} of ${toName(owner)} is invalid${state}`,
          fix: `REINDEX INDEX CONCURRENTLY ${toQualified({ schema: owner.schema, name: index.name })};`,
          ...(index.isUnique ? { severity: 'danger' as const } : {}),
        }
      }
    }
  },
}
