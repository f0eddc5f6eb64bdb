import type { Json } from '../../../lib/json.ts'
import type { FieldFilter } from '../plan.ts'

/** Writes the value of a condition into the statement and returns its placeholder, or adds a fault to the plan. */
export interface Values {
  parameter(value: string): string
  /** Adds a fault of the value or of the lookup. */
  fault(part: 'value' | 'lookup', message: string): null
}

/** Writes a condition as SQL; null after a fault. */
export type Lookup = (column: string, filter: FieldFilter, values: Values) => string | null

/** Most items in the list of `in`, and in an array. */
export const maxListItems = 1_000

/** Says that a number came without its last digits. */
export function explainRounded(field: string): string {
  return `The value of "${field}" has lost digits as a JSON number: send it as text`
}

/** Writes a text as a pattern of LIKE that finds it anywhere. */
export function matchingPart(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Writes a list as PostgreSQL writes an array: `{"a","b",NULL}`. Returns null for items that no array can hold. */
export function toArrayText(list: readonly Json[]): string | null {
  if (list.length > maxListItems) return null
  const items = list.map((item) => {
    if (item === null) return 'NULL'
    if (Array.isArray(item)) return toArrayText(item)
    if (typeof item === 'object') return null
    return `"${String(item).replace(/[\\"]/g, '\\$&')}"`
  })
  return items.includes(null) ? null : `{${items.join(',')}}`
}
