import { z } from 'zod'
import type { Compilation } from './compilation.ts'

/** One expression of an ORDER BY. */
export interface OrderTerm {
  readonly sql: string
  readonly isDescending: boolean
  readonly nullsFirst: boolean
  readonly isNullable: boolean
  /** What the plan sorts by, for cursors: one of another order is refused. */
  readonly name: string
}

/** Writes a term as SQL. */
export function toOrderSql({ sql, isDescending, nullsFirst, isNullable }: OrderTerm): string {
  const isDefault = !isNullable || nullsFirst === isDescending
  const nulls = isDefault ? '' : ` nulls ${nullsFirst ? 'first' : 'last'}`
  return `${sql} ${isDescending ? 'desc' : 'asc'}${nulls}`
}

/** Longest cursor. A row whose sorted values are longer has none. */
const maxCursorCharacters = 4_000

const cursorSchema = z.tuple([z.literal(1), z.array(z.string()), z.array(z.string().nullable())])

/** Returns the cursor of the page behind a row, by the text of the values that the row is sorted by. */
export function toCursor(signature: readonly string[], values: readonly unknown[]): string | null {
  const texts = values.map((value) => (typeof value === 'string' ? value : null))
  const json = JSON.stringify([1, signature, texts])
  const bytes = Array.from(new TextEncoder().encode(json), (byte) => String.fromCharCode(byte))
  const cursor = btoa(bytes.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return cursor.length > maxCursorCharacters ? null : cursor
}

/** Reads the values of a cursor; null for a text that is none, or one of a query with another model or order. */
function readCursor(
  cursor: string,
  signature: readonly string[],
): readonly (string | null)[] | null {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const [, of, values] = cursorSchema.parse(json)
    return JSON.stringify(of) === JSON.stringify(signature) ? values : null
  } catch {
    return null
  }
}

/** What a plan's `pagination.after` needs. */
interface KeysetInput {
  readonly terms: readonly OrderTerm[]
  readonly signature: readonly string[]
  /** True if the terms identify a row. */
  readonly isKeyed: boolean
  readonly pagination: { readonly offset: number; readonly after?: string | undefined }
}

/** Writes the condition for the rows behind a cursor. Null without one, and after a fault. */
export function toKeysetCondition(input: KeysetInput, compilation: Compilation): string | null {
  const { terms, signature, isKeyed, pagination } = input
  const { after, offset } = pagination
  if (after === undefined) return null
  const path = 'pagination.after'
  if (offset > 0) return compilation.fault(path, 'A page starts at an offset or after a cursor')
  if (!isKeyed) {
    const message = 'Nothing identifies the rows, so that no page can start after one of them'
    return compilation.fault(path, `${message}: use the offset`)
  }
  const values = readCursor(after, signature)
  if (!values || values.length !== terms.length) {
    return compilation.fault(path, 'This is no cursor of a query with this model and this order')
  }
  const placeholders = values.map((value) => (value === null ? null : compilation.parameter(value)))
  return toRowComparison(terms, placeholders) ?? toNested(terms, placeholders)
}

/** Compares all terms at once, which an index supports. Null if they differ in direction or may be null. */
function toRowComparison(
  terms: readonly OrderTerm[],
  values: readonly (string | null)[],
): string | null {
  const [first] = terms
  const isPlain = terms.every(
    (term) => !term.isNullable && term.isDescending === first?.isDescending,
  )
  if (!isPlain || !first || values.includes(null)) return null
  const operator = first.isDescending ? '<' : '>'
  return `(${terms.map(({ sql }) => sql).join(', ')}) ${operator} (${values.join(', ')})`
}

/** Compares term by term: greater, or equal and then the next term. */
function toNested(terms: readonly OrderTerm[], values: readonly (string | null)[]): string {
  return terms.reduceRight((rest, term, index) => {
    const value = values[index] ?? null
    const behind = toBehind(term, value)
    const isEqual = value === null ? `${term.sql} is null` : `${term.sql} = ${value}`
    return rest === '' ? behind : `(${behind} or (${isEqual} and ${rest}))`
  }, '')
}

function toBehind(
  { sql, isDescending, isNullable, nullsFirst }: OrderTerm,
  value: string | null,
): string {
  if (value === null) return nullsFirst ? `${sql} is not null` : 'false'
  const compared = `${sql} ${isDescending ? '<' : '>'} ${value}`
  return isNullable && !nullsFirst ? `(${compared} or ${sql} is null)` : compared
}
