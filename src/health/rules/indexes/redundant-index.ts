import type { CatalogIndex } from '../../../project/catalog/constraints.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { isNeeded, toKeySignature } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds B-tree indexes whose keys begin another index, or equal those of a unique index. */
export const redundantIndex: Rule = {
  id: 'redundant-index',
  severity: 'info',
  title: 'An index is redundant',
  why: 'Another index serves the same queries, so this one mostly adds cost to every write.',
  link: `${manual}indexes-multicolumn.html`,
  isDefault: true,
  *find({ tables, views }) {
    for (const owner of [...tables, ...views]) {
      yield null
      if (owner.indexes.length < 2) continue
      const indexes = owner.indexes
        .filter(isCandidate)
        .map((index): Candidate => ({ index, parts: index.keys.map(toKeySignature) }))
      for (const candidate of indexes) {
        const { index } = candidate
        if (index.isUnique || index.constraint !== null || isNeeded(index)) continue
        if (index.partitionOf) continue // it cannot be dropped alone
        const wider = indexes.find(
          (other) => other !== candidate && contains(other, candidate),
        )?.index
        if (!wider) continue
        const name = toQualified({ schema: owner.schema, name: index.name })
        yield {
          objects: [
            partSubject('index', owner, index.name),
            partSubject('index', owner, wider.name),
          ],
          message: `${index.name} of ${toName(owner)} is redundant because of ${wider.name}`,
          fix: `DROP INDEX ${owner.kind === 'partitioned' ? '' : 'CONCURRENTLY '}${name};`,
        }
      }
    }
  },
}

interface Candidate {
  readonly index: CatalogIndex
  readonly parts: readonly string[]
}

function isCandidate({ isValid, method }: CatalogIndex): boolean {
  return isValid && method === 'btree'
}

// Two equal indexes belong to the rule duplicate-index, unless the other one is unique.
function contains(wider: Candidate, narrow: Candidate): boolean {
  if (!narrow.parts.every((part, position) => wider.parts[position] === part)) return false
  const { index: other } = wider
  const { index } = narrow
  if (other.predicate !== index.predicate) return false
  const stored = [...other.keys.map(({ column }) => column), ...other.include]
  if (!index.include.every((column) => stored.includes(column))) return false
  return (
    wider.parts.length > narrow.parts.length ||
    other.isUnique ||
    other.include.length > index.include.length
  )
}
