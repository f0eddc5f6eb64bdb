import type { CatalogIndex } from '../../../project/catalog/constraints.ts'
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
        const name = toQualified({ schema: owner.schema, name: index.name })
        const isLeftover = /_cc(new|old)\d*$/.test(index.name)
        const state = index.isReady ? '' : ' or still being built'
        yield {
          objects: [partSubject('index', owner, index.name)],
          message: `${index.name} of ${toName(owner)} is invalid${state}`,
          // REINDEX left such a copy behind; PostgreSQL's manual says to drop it. It cannot rebuild an exclusion constraint.
          fix: isLeftover
            ? `DROP INDEX CONCURRENTLY ${name};`
            : isExclusion(index)
              ? null
              : `REINDEX INDEX CONCURRENTLY ${name};`,
          ...(index.isUnique ? { severity: 'danger' as const } : {}),
        }
      }
    }
  },
}

function isExclusion({ constraint, isUnique }: CatalogIndex): boolean {
  return constraint !== null && !isUnique
}
