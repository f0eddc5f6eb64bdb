import type { Json } from '../../../lib/json.ts'
import type { OrderTerm } from './keyset.ts'
import type { Sorting } from '../plan.ts'

/** One column of the answer. */
export interface Output {
  /** Its key in the rows. */
  readonly name: string
  /** An expression of type text: JSON, or null. */
  readonly sql: string
  /** Decodes the text. */
  readonly read: (text: string) => Json
  /** True if the text limits its own size, so that it is not truncated. */
  readonly isLimited?: boolean
}

/** What a plan selects, before paging: the rows of a model, or groups of them. */
export interface RowSource {
  readonly outputs: readonly Output[]
  readonly where: string | null
  readonly terms: readonly OrderTerm[]
  /** True if the terms identify a row. */
  readonly isKeyed: boolean
  /** True if two rows may change places between pages, because nothing that identifies a row decides the order. */
  readonly isUnstable: boolean
  /** What a cursor belongs to, besides the order. */
  readonly subject: readonly string[]
  /** Writes what stands behind FROM. Call it last. */
  readonly from: () => string
}

/** Makes the term of an ORDER BY for one entry of a plan's `sorting`. */
export function toTerm(
  { sql, isNullable }: { readonly sql: string; readonly isNullable: boolean },
  { field, direction, nulls }: Sorting,
): OrderTerm {
  const isDescending = direction === 'desc'
  const nullsFirst = nulls ? nulls === 'first' : isDescending
  return { sql, isNullable, isDescending, nullsFirst, name: field }
}
