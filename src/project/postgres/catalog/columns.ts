import type { ObjectName } from '../../catalog/object-name.ts'
import type { CatalogColumn } from '../../catalog/relations.ts'
import { toMaxLength } from '../types.ts'
import { groupRows, toObjectName } from './lookup.ts'
import { type Cell, recordReader } from './records.ts'
import type { CatalogRows } from './rows.ts'

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
  const columnsOf = columnRecords(rows)
  const commentsOf = groupRows(rows.comments)
  const collations = new Map(rows.collations)

  return (relation) => {
    const records = columnsOf(relation)
    const comments = commentsOf(relation)
    const list = records.map((record) => {
      const facts = types.get(record.type) ?? unknown
      const collation = record.collation ?? '0'
      const own = collation === facts.collation ? null : (collations.get(collation) ?? collation)
      return toColumn(record, { facts, comments, collation: own })
    })
    // the records themselves are not kept, because they take as much memory as the columns
    const usual = records.map(({ collation }) => collation)
    const at = (position: number) =>
      list[position - 1]?.position === position
        ? position - 1
        : list.findIndex((column) => column.position === position)
    return {
      list,
      nameAt: (position) => list[at(position)]?.name ?? null,
      collationAt: (position) => usual[at(position)] ?? '0',
    }
  }
}

/** A column, as a record of its relation describes it. */
export interface ColumnRecord {
  readonly position: number
  readonly name: string
  /** The key of a `TypeRow`. */
  readonly type: string
  /** True if no row is null: a `NOT NULL` that is not validated says nothing of the rows that exist. */
  readonly notNull: boolean
  readonly identity: string | null
  readonly generated: string | null
  readonly collation: string | null
  readonly dimensions: number
  /** The default, or what generates the column. */
  readonly expression: string | null
}

/** Returns a function that reads the columns of a relation, in order. */
export function columnRecords(rows: CatalogRows): (relation: string) => readonly ColumnRecord[] {
  const recordsOf = recordReader(rows.columns, toColumnRecord)
  return (relation) => recordsOf(relation).sort((a, b) => a.position - b.position)
}

function toColumnRecord(cells: readonly Cell[]): ColumnRecord {
  return {
    position: Number(cells[0]),
    name: cells[1] ?? '',
    type: cells[2] ?? '',
    notNull: cells[3] === 't',
    identity: cells[4] ?? null,
    generated: cells[5] ?? null,
    collation: cells[6] ?? null,
    dimensions: Number(cells[7] ?? 0),
    expression: cells[8] ?? null,
  }
}

function toColumn(
  record: ColumnRecord,
  {
    facts,
    comments,
    collation,
  }: {
    readonly facts: TypeFacts
    readonly comments: CatalogRows['comments']
    readonly collation: string | null
  },
): CatalogColumn {
  const { position, identity, generated, expression } = record
  return {
    name: record.name,
    position,
    type: facts.type,
    baseType: facts.baseType,
    isArray: facts.isArray,
    dimensions: record.dimensions,
    domain: facts.domain,
    enum: facts.enum,
    notNull: record.notNull || facts.isRequired,
    default: generated === null ? expression : null,
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : null,
    generated:
      generated === null
        ? null
        : { expression: expression ?? '', kind: generated === 'v' ? 'virtual' : 'stored' },
    maxLength: facts.maxLength,
    collation,
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
