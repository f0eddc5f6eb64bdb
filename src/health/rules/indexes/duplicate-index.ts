import { compareText } from '../../../lib/text.ts'
import type { CatalogIndex } from '../../../project/catalog/constraints.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { isNeeded, toKeySignature } from '../../kit/indexes.ts'
import { append } from '../../../lib/groups.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds indexes that are identical to another one. The index of a constraint is never reported. */
export const duplicateIndex: Rule = {
  id: 'duplicate-index',
  severity: 'warning',
  title: 'Two indexes are identical',
  why: 'Every write updates both, and both take space, cache and vacuum time, although one is enough.',
  link: `${manual}indexes-intro.html`,
  isDefault: true,
  *find({ tables, views }) {
    for (const owner of [...tables, ...views]) {
      yield null
      if (owner.indexes.length < 2) continue
      for (const [first, ...others] of toGroups(owner.indexes)) {
        for (const index of others) {
          if (!first || index.constraint !== null || isNeeded(index)) continue
          if (index.partitionOf) continue // it cannot be dropped alone
          const name = toQualified({ schema: owner.schema, name: index.name })
          yield {
            objects: [
              partSubject('index', owner, index.name),
              partSubject('index', owner, first.name),
            ],
            message: `${index.name} of ${toName(owner)} is identical to ${first.name}`,
            fix: `DROP INDEX ${owner.kind === 'partitioned' ? '' : 'CONCURRENTLY '}${name};`,
          }
        }
      }
    }
  },
}

// Groups valid indexes that differ only in name, the one to keep first.
function toGroups(indexes: readonly CatalogIndex[]): Iterable<CatalogIndex[]> {
  const groups = new Map<string, CatalogIndex[]>()
  for (const index of indexes) {
    if (index.isValid) append(groups, toSignature(index), index)
  }
  for (const group of groups.values()) group.sort(byUse)
  return groups.values()
}

function toSignature(index: CatalogIndex): string {
  const { method, isUnique, nullsNotDistinct, predicate, keys, include } = index
  const included = include.toSorted().join('\n')
  const properties = `${method} ${isUnique} ${nullsNotDistinct} ${predicate}\n\n${included}`
  return `${properties}\n\n${keys.map(toKeySignature).join('\n\n')}`
}

function byUse(a: CatalogIndex, b: CatalogIndex): number {
  const rank = (index: CatalogIndex) => {
    const { isPrimary, constraint, partitionOf } = index
    return isPrimary ? 0 : constraint !== null ? 1 : isNeeded(index) || partitionOf ? 2 : 3
  }
  return rank(a) - rank(b) || compareText(a.name, b.name)
}
