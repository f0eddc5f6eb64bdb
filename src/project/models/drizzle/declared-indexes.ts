import type { DeclaredIndex, DeclaredIndexKey } from '../../model.ts'
import type { ColumnShape } from './column-shape.ts'
import { type NameOf, toSql } from './sql-text.ts'

/** The parts of a table's extra configuration that stand for an index or a unique constraint. */
export interface IndexShape {
  readonly columns?: readonly ColumnShape[]
  readonly nullsNotDistinct?: boolean
  readonly config?: {
    readonly columns: readonly KeyShape[]
    readonly unique: boolean
    readonly method?: string
    readonly where?: unknown
  }
}

/** A part of an index key: a column with its order, or an `sql` template. */
interface KeyShape extends Partial<ColumnShape> {
  readonly indexConfig?: {
    readonly order?: string
    readonly nulls?: string
    readonly opClass?: string
  }
}

type DeclaredKey = DeclaredIndexKey & { readonly column: string | null }

/** Reads all indexes of a table, including those of unique constraints. */
export function toIndexes(
  entries: readonly (readonly [string, ColumnShape])[],
  extras: readonly IndexShape[],
  nameOf: NameOf,
): DeclaredIndex[] {
  const single = entries.filter(([, { isUnique }]) => isUnique)
  return [
    ...single.map(([, column]) => toUnique([nameOf(column)], column.uniqueType === 'not distinct')),
    ...extras.flatMap(({ columns, nullsNotDistinct, config }): DeclaredIndex[] => {
      if (columns && nullsNotDistinct !== undefined) {
        return [toUnique(columns.map(nameOf), nullsNotDistinct)]
      }
      return config ? [toIndex(config, nameOf)] : []
    }),
  ]
}

function toUnique(columns: readonly string[], nullsNotDistinct: boolean): DeclaredIndex {
  return {
    columns,
    unique: true,
    nullsNotDistinct,
    method: 'btree',
    partial: false,
    predicate: null,
    include: [],
    keys: columns.map(() => plainKey),
  }
}

const plainKey: DeclaredIndexKey = {
  expression: null,
  isDescending: false,
  nullsFirst: false,
  operatorClass: null,
  collation: null,
}

function toIndex(config: NonNullable<IndexShape['config']>, nameOf: NameOf): DeclaredIndex {
  const { method = 'btree', where, unique } = config
  const keys = config.columns.map((key) => toKey(key, nameOf))
  const predicate = toSql(where, nameOf)
  return {
    columns: keys.map(({ column }) => column),
    unique,
    nullsNotDistinct: false,
    method,
    partial: where !== undefined,
    include: [],
    ...(where !== undefined && predicate === null ? {} : { predicate }),
    keys: keys.map(({ column: _column, ...key }) => key),
  }
}

function toKey(key: KeyShape, nameOf: NameOf): DeclaredKey {
  if (key.name === undefined) return readKey(toSql(key, nameOf) ?? '')
  const { order, nulls, opClass } = key.indexConfig ?? {}
  const isDescending = order === 'desc'
  return {
    column: nameOf(key),
    expression: null,
    isDescending,
    nullsFirst: nulls === undefined ? isDescending : nulls === 'first',
    operatorClass: opClass ?? null,
    collation: null,
  }
}

/** Reads a key that is written in SQL, such as `lower(email) text_pattern_ops DESC NULLS LAST`, or a column in disguise. */
function readKey(sql: string): DeclaredKey {
  let text = sql.trim()
  const take = (pattern: RegExp): string | undefined => {
    const [whole = '', word] = pattern.exec(text) ?? []
    text = text.slice(0, text.length - whole.length).trim()
    return word
  }
  const nulls = take(/\s+nulls\s+(first|last)$/i)?.toLowerCase()
  const isDescending = take(/\s+(asc|desc)$/i)?.toLowerCase() === 'desc'
  const operatorClass = take(/\s+((?:\w+\.)?\w+_ops)$/i)?.toLowerCase() ?? null
  const collation = take(/\s+collate\s+((?:\w+\.)?(?:"[^"]+"|\w+))$/i)?.replaceAll('"', '') ?? null
  text = stripBrackets(text)
  const [, quoted, bare] =
    /^(?:(?:"[^"]+"|\w+)\.)*(?:"((?:[^"]|"")+)"|([a-z_]\w*))$/i.exec(text) ?? []
  const column = quoted?.replaceAll('""', '"') ?? bare?.toLowerCase() ?? null
  return {
    column,
    expression: column === null ? text : null,
    isDescending,
    nullsFirst: nulls === undefined ? isDescending : nulls === 'first',
    operatorClass,
    collation,
  }
}

// Removes brackets around the whole text.
function stripBrackets(text: string): string {
  if (!/^\([^()]*(?:\([^()]*\)[^()]*)*\)$/.test(text)) return text
  return stripBrackets(text.slice(1, -1).trim())
}
