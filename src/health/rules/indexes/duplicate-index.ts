import { compareText } from '../../../lib/text.ts'
import type { CatalogIndex } from '../../../project/catalog/constraints.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { toKeySignature } from '../../kit/indexes.ts'
import { append } from '../../../lib/groups.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds indexes that are the same as another one; never the one behind a constraint. */
export const duplicateIndex: Rule = {
  id: 'duplicate-index',
  severity: 'warning',
  title: 'Two indexes are the same',
  why: 'Both are written, stored, cached and vacuumed; one does the work.',
  link: `${manual}indexes-intro.html`,
  isDefault: true,
  *find({ tables, views }) {
    for (const owner of [...tables, ...views]) {
      if (owner.indexes.length < 2) continue
      for (const [first, ...others] of toGroups(owner.indexes)) {
        for (const index of others) {
          if (!first || index.constraint !== null) continue
          const name = toQualified({ schema: owner.schema, name: index.name })
          yield {
            objects: [
              partSubject('index', owner, index.name),
              partSubject('index', owner, first.name),
            ],
            message: `${index.name} of ${toName(owner)} is the same as ${first.name}`,
            fix: `DROP INDEX ${owner.kind === 'partitioned' ? '' : 'CONCURRENTLY '}${name};`,
          }
        }
      }
    }
  },
}

/** Valid indexes that are equal but for their names, the one to keep first. Parts of a partitioned index follow it. */
function toGroups(indexes: readonly CatalogIndex[]): Iterable<CatalogIndex[]> {
  const groups = new Map<string, CatalogIndex[]>()
  for (const index of indexes) {
    if (index.isValid && !index.partitionOf) append(groups, toSignature(index), index)
  }
  for (const group of groups.values()) group.sort(byUse)
  return groups.values()
}

function toSignature(index: CatalogIndex): string {
  const { method, isUnique, nullsNotDistinct, predicate, keys, include } = index
  const carried = include.toSorted().join('\n')
  const facts = `${method} ${isUnique} ${nullsNotDistinct} ${predicate}\n\n${carried}`
  return `${facts}\n\n${keys.map(toKeySignature).join('\n\n')}`
}

function byUse(a: CatalogIndex, b: CatalogIndex): number {
  const rank = ({ isPrimary, constraint }: CatalogIndex) =>
    isPrimary ? 0 : constraint === null ? 2 : 1
  return rank(a) - rank(b) || compareText(a.name, b.name)
}
