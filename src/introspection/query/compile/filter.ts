import { findRounded, type Json } from '../../../lib/json.ts'
import type { FieldFilter } from '../plan.ts'
import { jsonLookups, toPartLookup } from './json-lookups.ts'
import {
  explainRounded,
  type Lookup,
  matchingPart,
  maxListItems,
  toArrayText,
  type Values,
} from './lookup.ts'

const comparing =
  (operator: string): Lookup =>
  (column, filter, values) => {
    const placeholder = toScalar(filter, filter.value, values)
    return placeholder && `${column} ${operator} ${placeholder}`
  }

const matching =
  (operator: string): Lookup =>
  (column, filter, values) => {
    const placeholder = toScalar(filter, filter.value, values, matchingPart)
    return placeholder && `${column}::text ${operator} ${placeholder}`
  }

const exact = comparing('=')

const isNull: Lookup = (column, { field, value, lookup }, values) =>
  typeof value === 'boolean'
    ? `${column} is ${value ? '' : 'not '}null`
    : values.fault(
        'value',
        `The value of "${field}" must be true or false for the lookup ${lookup}`,
      )

const lookups: Readonly<Record<string, Lookup>> = {
  exact: (column, filter, values) =>
    filter.value === null ? `${column} is null` : exact(column, filter, values),
  gt: comparing('>'),
  gte: comparing('>='),
  lt: comparing('<'),
  lte: comparing('<='),
  in(column, filter, values) {
    const items = toItems(filter, values)
    if (!items) return null
    return items.length > 0 ? `${column} in (${items.join(', ')})` : 'false'
  },
  isnull: isNull,
  contains: matching('like'),
  icontains: matching('ilike'),
  is_null: isNull,
  between(column, filter, values) {
    const { field, value } = filter
    if (!Array.isArray(value) || value.length !== 2) {
      const message = `The value of "${field}" must be a list of two for the lookup between`
      return values.fault('value', message)
    }
    const [low, high] = toItems(filter, values) ?? []
    return low && high ? `${column} between ${low} and ${high}` : null
  },
  array_contains: comparingArrays('@>'),
  array_contained_by: comparingArrays('<@'),
  array_overlaps: comparingArrays('&&'),
  ...jsonLookups,
}

/** Names of the lookups that a filter may use. */
export const lookupNames: readonly string[] = Object.keys(lookups)

/** Finds the lookup of a filter; an unknown one is a fault that lists those there are. */
export function findLookup(filter: FieldFilter, values: Values): Lookup | null {
  const { lookup, path } = filter
  const found = Object.hasOwn(lookups, lookup) ? lookups[lookup] : undefined
  if (found && path) return toPartLookup(filter, values)
  if (found) return found
  return values.fault(
    'lookup',
    `Unsupported lookup "${lookup}". Lookups: ${lookupNames.join(', ')}`,
  )
}

/** Sends every value as text; the server casts it to the type of its column. */
function toScalar(
  { field, lookup }: FieldFilter,
  value: Json,
  values: Values,
  wrap: (text: string) => string = String,
): string | null {
  if (findRounded(value).length > 0) return values.fault('value', explainRounded(field))
  if (['string', 'number', 'boolean'].includes(typeof value)) {
    return values.parameter(wrap(String(value)))
  }
  const message = `The value of "${field}" must be text, a number or a boolean for ${lookup}`
  return values.fault('value', message)
}

function toItems(filter: FieldFilter, values: Values): string[] | null {
  const { field, lookup, value } = filter
  if (!Array.isArray(value) || value.length > maxListItems) {
    const message = `The value of "${field}" must be a list of at most ${maxListItems} for the lookup ${lookup}`
    return values.fault('value', message)
  }
  const items = (value as readonly Json[]).map((item) => toScalar(filter, item, values))
  return items.includes(null) ? null : (items as string[])
}

function comparingArrays(operator: string): Lookup {
  return (column, filter, values) => {
    const { field, lookup, value } = filter
    if (findRounded(value).length > 0) return values.fault('value', explainRounded(field))
    const array = Array.isArray(value) ? toArrayText(value) : null
    if (array !== null) return `${column} ${operator} ${values.parameter(array)}`
    const message = `The value of "${field}" must be a list of at most ${maxListItems} texts, numbers, booleans and nulls for the lookup ${lookup}`
    return values.fault('value', message)
  }
}
