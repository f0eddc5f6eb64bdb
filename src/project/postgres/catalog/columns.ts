import type { ObjectName } from '../../catalog/object-name.ts'
import type { CatalogColumn } from '../../catalog/relations.ts'
import { toMaxLength } from '../types.ts'
import { groupRows, toObjectName } from './lookup.ts'
import type { CatalogRows, ColumnRow } from './rows.ts'

/** The columns of one relation, with look-ups by position. */
export interface Columns {
  readonly list: readonly CatalogColumn[]
  /** Returns the name of a column; null for an expression or an unknown position. */
  nameAt(position: number): string | null
  /** Returns the oid of the collation of a column; `0` when it has none. */
  collationAt(position: number): string
}

type TypeFacts = Pick<
  CatalogColumn,
  'type' | 'baseType' | 'isArray' | 'domain' | 'enum' | 'maxLength'
> & { readonly collation: string; readonly isRequired: boolean }

/** Returns a function that builds the columns of a relation. Facts about a type are computed once for all its columns. */
export function columnReader(rows: CatalogRows): (relation: string) => Columns {
  const types = toUserTypes(rows)
  const columnsOf = groupRows(rows.columns)
  const defaultsOf = groupRows(rows.defaults)
  const commentsOf = groupRows(rows.comments)
  const unproven = unprovenColumns(rows.constraints)
  const collations = new Map(rows.collations)

  return (relation) => {
    const found = columnsOf(relation).toSorted(([, a], [, b]) => a - b)
    const facts = found.map(([, , , type]) => types.get(type) ?? unknown)
    const texts = { defaults: defaultsOf(relation), comments: commentsOf(relation) }
    const list = found.map((row, index) => {
      const column = toColumn(row, facts[index] ?? unknown, texts)
      const collation = row[7] ?? '0'
      const required = facts[index]?.isRequired ?? false
      const isOwn = collation !== facts[index]?.collation
      if (!isOwn && unproven.size === 0) return column
      return {
        ...column,
        collation: isOwn ? (collations.get(collation) ?? collation) : null,
        notNull: required || (row[4] && !unproven.has(`${relation} ${column.position}`)),
      }
    })
    const at = (position: number) =>
      found[position - 1]?.[1] === position
        ? position - 1
        : found.findIndex((row) => row[1] === position)
    return {
      list,
      nameAt: (position) => list[at(position)]?.name ?? null,
      collationAt: (position) => found[at(position)]?.[7] ?? '0',
    }
  }
}

type Texts = Readonly<Record<'defaults' | 'comments', CatalogRows['comments']>>

/** Reads the row by index because destructuring is many times slower, and this runs for each column of a database. */
function toColumn(row: ColumnRow, facts: TypeFacts, { defaults, comments }: Texts): CatalogColumn {
  const position = row[1]
  const generated = row[6]
  const expression = textAt(defaults, position)
  return {
    name: row[2],
    position,
    type: facts.type,
    baseType: facts.baseType,
    isArray: facts.isArray,
    dimensions: row[8] ?? 0,
    domain: facts.domain,
    enum: facts.enum,
    notNull: row[4] || facts.isRequired,
    default: generated === null ? expression : null,
    identity: row[5] === 'a' ? 'always' : row[5] === 'd' ? 'by default' : null,
    generated:
      generated === null
        ? null
        : { expression: expression ?? '', kind: generated === 'v' ? 'virtual' : 'stored' },
    maxLength: facts.maxLength,
    collation: null,
    comment: textAt(comments, position),
  }
}

function textAt(texts: CatalogRows['comments'], position: number): string | null {
  for (const text of texts) if (text[1] === position) return text[2]
  return null
}

/** Stands for a type that was dropped while the catalogs were read. */
const unknown: TypeFacts = {
  type: 'unknown',
  baseType: 'unknown',
  isArray: false,
  domain: null,
  enum: null,
  maxLength: null,
  collation: '0',
  isRequired: false,
}

function toUserTypes({ types, enums }: CatalogRows): ReadonlyMap<string, TypeFacts> {
  const enumNames = new Map(
    enums.map(([oid, schema, name]): [string, ObjectName] => [oid, { schema, name }]),
  )
  return new Map(
    types.map((row) => {
      const [type, text, collation, base, baseOid, baseModifier, isArray] = row
      const facts: TypeFacts = {
        type: text,
        baseType: base,
        isArray,
        domain: toObjectName(row[7], row[8]),
        enum: enumNames.get(baseOid) ?? null,
        maxLength: isArray ? null : toMaxLength(base, baseModifier),
        collation,
        isRequired: row[9],
      }
      return [type, facts]
    }),
  )
}

/** Finds the columns whose `NOT NULL` is not validated for existing rows, as `relation position`. */
function unprovenColumns(constraints: CatalogRows['constraints']): ReadonlySet<string> {
  const found = constraints.filter(([, , type]) => type === 'n')
  return new Set(found.map(([relation, , , position]) => `${relation} ${position}`))
}
