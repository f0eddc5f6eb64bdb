import type { CatalogIndex } from '../../../project/catalog/constraints.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { toKeySignature } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds plain B-tree indexes that begin another one, or that a unique one over the same columns makes unnecessary. */
export const redundantIndex: Rule = {
  id: 'redundant-index',
  severity: 'info',
  title: 'An index is contained in another one',
  why: 'The wider index answers the same queries; the narrower one is only smaller.',
  link: `${manual}indexes-multicolumn.html`,
  isDefault: true,
  *find({ tables, views }) {
    for (const owner of [...tables, ...views]) {
      if (owner.indexes.length < 2) continue
      const indexes = owner.indexes
        .filter(isCandidate)
        .map((index): Parts => ({ index, parts: index.keys.map(toKeySignature) }))
      for (const candidate of indexes) {
        const { index } = candidate
        if (index.isUnique || index.constraint !== null) continue
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
          message: `${index.name} of ${toName(owner)} is contained in ${wider.name}`,
          fix: `DROP INDEX ${owner.kind === 'partitioned' ? '' : 'CONCURRENTLY '}${name};`,
        }
      }
    }
  },
}

interface Parts {
  readonly index: CatalogIndex
  readonly parts: readonly string[]
}

function isCandidate({ isValid, method, partitionOf }: CatalogIndex): boolean {
  return isValid && method === 'btree' && partitionOf === null
}

/** Equal indexes are another rule's business, unless the other one is unique. */
function contains(wider: Parts, narrow: Parts): boolean {
  if (!narrow.parts.every((part, at) => wider.parts[at] === part)) return false
  const { index: own } = wider
  const { index } = narrow
  if (own.predicate !== index.predicate) return false
  const carried = [...own.keys.map(({ column }) => column), ...own.include]
  if (!index.include.every((column) => carried.includes(column))) return false
  return (
    wider.parts.length > narrow.parts.length ||
    own.isUnique ||
    own.include.length > index.include.length
  )
}
