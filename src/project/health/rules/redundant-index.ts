import type { CatalogIndex } from '../../catalog/constraints.ts'
import { toName, toQualified } from '../identifiers.ts'
import { toKeySignature } from '../indexes.ts'
import { manual, type Rule } from '../rule.ts'
import { partSubject } from '../subjects.ts'

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
      const indexes = owner.indexes.filter(isCandidate).map((index) => ({
        ...index,
        parts: index.keys.map(toKeySignature),
      }))
      for (const index of indexes) {
        const wider = indexes.find((other) => other !== index && contains(other, index))
        if (!wider || index.isUnique || index.constraint !== null) continue
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

type Parts = CatalogIndex & { readonly parts: readonly string[] }

function isCandidate({ isValid, method, partitionOf }: CatalogIndex): boolean {
  return isValid && method === 'btree' && partitionOf === null
}

/** Equal indexes are another rule's business, unless the other one is unique. */
function contains(wider: Parts, index: Parts): boolean {
  if (wider.predicate !== index.predicate) return false
  if (!index.parts.every((part, at) => wider.parts[at] === part)) return false
  const carried = [...wider.keys.map(({ column }) => column), ...wider.include]
  if (!index.include.every((column) => carried.includes(column))) return false
  return (
    wider.parts.length > index.parts.length ||
    wider.isUnique ||
    wider.include.length > index.include.length
  )
}
