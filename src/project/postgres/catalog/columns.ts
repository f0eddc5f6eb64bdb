import type { ObjectName } from '../../catalog/catalog.ts'
import type { CatalogColumn } from '../../catalog/relations.ts'
import { toMaxLength } from '../types.ts'
import { commentFinder, groupRows, toObjectName } from './lookup.ts'
import type { CatalogRows, ColumnRow } from './rows.ts'

/** The columns of one relation, and how to name them by position. */
export interface Columns {
  readonly list: readonly CatalogColumn[]
  /** @returns null for an expression, and for what is no column */
  nameAt(position: number): string | null
  /** The collation's oid of the column at this position; `0` for none. */
  collationAt(position: number): string
}

type TypeFacts = Pick<
  CatalogColumn,
  'type' | 'baseType' | 'isArray' | 'domain' | 'enum' | 'maxLength'
> & { readonly collation: string }

/** Makes the columns of each relation. What all columns of a type share is worked out once. */
export function columnReader(rows: CatalogRows): (relation: string) => Columns {
  const types = toTypes(rows)
  const columnsOf = groupRows(rows.columns)
  const defaults = new Map(
    rows.defaults.map(([relation, position, text]) => [`${relation} ${position}`, text]),
  )
  const commentOf = commentFinder(rows.comments)
  const collations = new Map(rows.collations)
  const unproven = unprovenColumns(rows.constraints)

  const toColumn = (row: ColumnRow, facts: TypeFacts): CatalogColumn => {
    const [relation, position, name, , , notNull, identity, generated, collation] = row
    const expression = defaults.get(`${relation} ${position}`) ?? null
    const kind = generated === 'v' ? 'virtual' : 'stored'
    const { type, baseType, isArray, domain, maxLength } = facts
    return {
      name,
      position,
      type,
      baseType,
      isArray,
      domain,
      enum: facts.enum,
      notNull: notNull && !unproven.has(`${relation} ${position}`),
      default: generated === '' ? expression : null,
      identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : null,
      generated: generated === '' ? null : { expression: expression ?? '', kind },
      maxLength,
      collation: collation === null ? null : (collations.get(collation) ?? collation),
      comment: commentOf(relation, position),
    }
  }

  return (relation) => {
    const found = columnsOf(relation).toSorted(([, a], [, b]) => a - b)
    const typed = found.map((row) => [row, types.get(`${row[3]} ${row[4]}`) ?? unknown] as const)
    const list = typed.map(([row, facts]) => toColumn(row, facts))
    const at = (position: number) => found.findIndex((row) => row[1] === position)
    return {
      list,
      nameAt: (position) => list[at(position)]?.name ?? null,
      collationAt(position) {
        const [row, facts] = typed[at(position)] ?? []
        return row?.[8] ?? facts?.collation ?? '0'
      },
    }
  }
}

/** Of a type that went away while the catalogs were read. */
const unknown: TypeFacts = {
  type: 'unknown',
  baseType: 'unknown',
  isArray: false,
  domain: null,
  enum: null,
  maxLength: null,
  collation: '0',
}

function toTypes({ types, enums }: CatalogRows): ReadonlyMap<string, TypeFacts> {
  const enumNames = new Map(
    enums.map(([oid, schema, name]): [string, ObjectName] => [oid, { schema, name }]),
  )
  return new Map(
    types.map((row) => {
      const [type, modifier, text, collation, base, baseOid, baseModifier, isArray] = row
      const facts: TypeFacts = {
        type: text,
        baseType: base,
        isArray,
        domain: toObjectName(row[8], row[9]),
        enum: enumNames.get(baseOid) ?? null,
        maxLength: isArray ? null : toMaxLength(base, baseModifier),
        collation,
      }
      return [`${type} ${modifier}`, facts]
    }),
  )
}

/** Columns whose NOT NULL was never checked against the rows that were there, as `relation position`. */
function unprovenColumns(constraints: CatalogRows['constraints']): ReadonlySet<string> {
  const found = constraints.filter(([, , type]) => type === 'n')
  return new Set(found.map(([relation, , , position]) => `${relation} ${position}`))
}
