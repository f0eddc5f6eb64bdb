import { badRequest } from '../../errors.ts'
import type { Json } from '../../lib/json.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { Field } from '../../project/model.ts'

/** One condition of a query plan. */
interface Filter {
  readonly field: string
  readonly lookup: string
  readonly value: Json
}

/** Writes a condition as SQL. `parameter` adds a value to the statement and returns its placeholder. */
type Lookup = (column: string, filter: Filter, parameter: (value: string) => string) => string

const comparing =
  (operator: string): Lookup =>
  (column, filter, parameter) =>
    `${column} ${operator} ${parameter(toScalar(filter, filter.value))}`

const matching =
  (operator: string): Lookup =>
  (column, filter, parameter) => {
    const text = toScalar(filter, filter.value).replace(/[\\%_]/g, '\\$&')
    return `${column}::text ${operator} ${parameter(`%${text}%`)}`
  }

const exact = comparing('=')

const maxListItems = 1_000

const lookups: Readonly<Record<string, Lookup>> = {
  exact: (column, filter, parameter) =>
    filter.value === null ? `${column} is null` : exact(column, filter, parameter),
  gt: comparing('>'),
  gte: comparing('>='),
  lt: comparing('<'),
  lte: comparing('<='),
  in(column, filter, parameter) {
    const { field, value } = filter
    if (!Array.isArray(value) || value.length > maxListItems) {
      throw badRequest(
        `The value of "${field}" must be a list of at most ${maxListItems} for the lookup in`,
      )
    }
    const items = value.map((item: Json) => parameter(toScalar(filter, item)))
    return items.length > 0 ? `${column} in (${items.join(', ')})` : 'false'
  },
  isnull(column, { field, value }) {
    if (typeof value !== 'boolean') {
      throw badRequest(`The value of "${field}" must be true or false for the lookup isnull`)
    }
    return `${column} is ${value ? '' : 'not '}null`
  },
  contains: matching('like'),
  icontains: matching('ilike'),
}

/** Names of the lookups that a filter may use. */
export const lookupNames: readonly string[] = Object.keys(lookups)

/**
 * Writes one filter of a plan as SQL. `parameter` adds a value to the statement and returns its placeholder.
 *
 * @throws StudioError `bad_request` for an unknown lookup, listing those there are, or for a value that the lookup refuses.
 */
export function toCondition(
  field: Field,
  filter: Filter,
  parameter: (value: string) => string,
): string {
  const lookup = Object.hasOwn(lookups, filter.lookup) ? lookups[filter.lookup] : undefined
  if (!lookup) {
    const names = lookupNames.join(', ')
    throw badRequest(`Unsupported lookup "${filter.lookup}". Lookups: ${names}`)
  }
  return lookup(quoteIdentifier(field.column), filter, parameter)
}

/** Sends every value as text; the server casts it to the type of its column. */
function toScalar({ field, lookup }: Filter, value: Json): string {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw badRequest(`The value of "${field}" has lost digits as a JSON number: send it as text`)
  }
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value)
  throw badRequest(`The value of "${field}" must be text, a number or a boolean for ${lookup}`)
}
