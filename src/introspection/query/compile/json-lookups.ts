import { findRounded, type Json } from '../../../lib/json.ts'
import {
  explainRounded,
  type Lookup,
  matchingPart,
  maxListItems,
  toArrayText,
  type Values,
} from './lookup.ts'
import type { FieldFilter } from '../plan.ts'

/** The lookups of JSON fields. */
export const jsonLookups: Readonly<Record<string, Lookup>> = {
  json_contains: comparingJson('@>'),
  json_contained_by: comparingJson('<@'),
  json_has_key(column, { field, value }, values) {
    if (typeof value === 'string') return `${column}::jsonb ? ${values.parameter(value)}`
    return values.fault('value', `The value of "${field}" must be text for the lookup json_has_key`)
  },
  json_has_any_key: matchingKeys('?|'),
  json_has_all_keys: matchingKeys('?&'),
}

function comparingJson(operator: string): Lookup {
  return (column, filter, values) => {
    const value = toJsonText(filter, filter.value, values)
    return value && `${column}::jsonb ${operator} ${value}`
  }
}

function matchingKeys(operator: string): Lookup {
  return (column, { field, lookup, value }, values) => {
    const isTexts = Array.isArray(value) && value.every((item) => typeof item === 'string')
    const array = isTexts ? toArrayText(value) : null
    if (array !== null) return `${column}::jsonb ${operator} ${values.parameter(array)}::text[]`
    const message = `The value of "${field}" must be a list of at most ${maxListItems} texts for the lookup ${lookup}`
    return values.fault('value', message)
  }
}

/** Writes a value as JSON, whose type decides what it is compared with. */
function toJsonText({ field }: FieldFilter, value: Json, values: Values): string | null {
  if (findRounded(value).length > 0) return values.fault('value', explainRounded(field))
  return `${values.parameter(JSON.stringify(value))}::jsonb`
}

const operators: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

/**
 * Returns the lookup of a filter with a `path`, which compares a part of a JSON field. A part only compares with a value of its
 * own JSON type: the text "5" is neither equal to the number 5, nor less than 6. A part that does not exist counts as null.
 */
export function toPartLookup({ field, lookup }: FieldFilter, values: Values): Lookup | null {
  const found = Object.hasOwn(partLookups, lookup) ? partLookups[lookup] : undefined
  if (!found) {
    const names = Object.keys(partLookups).join(', ')
    const message = `The lookup ${lookup} does not take a path. Lookups of a part of "${field}": ${names}`
    return values.fault('lookup', message)
  }
  return (column, filter, given) => {
    const path = toArrayText(filter.path ?? []) ?? '{}'
    return found(`(${column}::jsonb #> ${given.parameter(path)}::text[])`, filter, given)
  }
}

const isMissing = (part: string) => `coalesce(${part} = 'null'::jsonb, true)`

const isNull: Lookup = (part, { field, lookup, value }, values) =>
  typeof value === 'boolean'
    ? `${value ? '' : 'not '}${isMissing(part)}`
    : values.fault(
        'value',
        `The value of "${field}" must be true or false for the lookup ${lookup}`,
      )

const partLookups: Readonly<Record<string, Lookup>> = {
  exact(part, filter, values) {
    if (filter.value === null) return isMissing(part)
    const value = toJsonText(filter, filter.value, values)
    return value && `${part} = ${value}`
  },
  ...Object.fromEntries(
    Object.keys(operators).map((name) => [name, comparingParts(operators[name] ?? '')] as const),
  ),
  in(part, filter, values) {
    const items = toList(filter, values)?.map((item) => toJsonText(filter, item, values))
    if (!items || items.includes(null)) return null
    return items.length > 0 ? `${part} in (${items.join(', ')})` : 'false'
  },
  between(part, filter, values) {
    const list = toList(filter, values)
    if (!list) return null
    const [low, high] = list
    if (low === undefined || high === undefined || list.length !== 2) {
      const message = `The value of "${filter.field}" must be a list of two for the lookup between`
      return values.fault('value', message)
    }
    const least = comparingParts('>=')(part, { ...filter, value: low }, values)
    const most = comparingParts('<=')(part, { ...filter, value: high }, values)
    return least && most && `(${least} and ${most})`
  },
  isnull: isNull,
  is_null: isNull,
  contains: matchingParts('like'),
  icontains: matchingParts('ilike'),
  json_contains: comparingJson('@>'),
  json_contained_by: comparingJson('<@'),
}

function comparingParts(operator: string): Lookup {
  return (part, filter, values) => {
    const type = typeof filter.value
    if (!['string', 'number', 'boolean'].includes(type)) {
      const message = `The value of "${filter.field}" must be text, a number or a boolean for ${filter.lookup}`
      return values.fault('value', message)
    }
    const value = toJsonText(filter, filter.value, values)
    return value && `(jsonb_typeof(${part}) = '${type}' and ${part} ${operator} ${value})`
  }
}

function matchingParts(operator: string): Lookup {
  return (part, { field, lookup, value }, values) =>
    typeof value === 'string'
      ? `(${part} #>> '{}') ${operator} ${values.parameter(matchingPart(value))}`
      : values.fault('value', `The value of "${field}" must be text for the lookup ${lookup}`)
}

function toList({ field, lookup, value }: FieldFilter, values: Values): readonly Json[] | null {
  if (Array.isArray(value) && value.length <= maxListItems) return value as readonly Json[]
  const message = `The value of "${field}" must be a list of at most ${maxListItems} for the lookup ${lookup}`
  return values.fault('value', message)
}
