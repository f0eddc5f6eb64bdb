/** A JSON Schema, as far as the console reads it. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly additionalProperties?: boolean | Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
}

/** What is wrong with a value, by the path of the member: `items.0.name`, and the empty path for the value itself. */
export type Faults = ReadonlyMap<string, string>

/** Stands in a value where a person is still writing JSON. It is at fault everywhere. */
export const unreadable = Symbol('unreadable')

/** Joins the path of a member with its name. */
export function joinPath(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`
}

/** Is this an object with names, and no list? */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Checks a value against a schema before it is sent. It knows the usual words of JSON Schema and passes over the others; the
 * studio checks everything again.
 */
export function findFaults(schema: Schema, value: unknown): Faults {
  const faults = new Map<string, string>()
  check(schema, value, '', faults)
  return faults
}

function check(schema: Schema, value: unknown, path: string, faults: Map<string, string>): void {
  const fault = faultOf(schema, value)
  if (fault !== null) {
    faults.set(path, fault)
    return
  }
  if (isObject(value)) checkMembers(schema, value, path, faults)
  if (Array.isArray(value) && schema.items) {
    for (const [index, item] of value.entries())
      check(schema.items, item, joinPath(path, index), faults)
  }
}

function checkMembers(
  { properties = {}, required = [], additionalProperties }: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  faults: Map<string, string>,
): void {
  for (const name of required) {
    if (value[name] === undefined) faults.set(joinPath(path, name), 'is needed')
  }
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (known && member !== undefined) check(known, member, joinPath(path, name), faults)
    if (!known && additionalProperties === false)
      faults.set(joinPath(path, name), 'is not a member that the tool knows')
  }
}

function faultOf(schema: Schema, value: unknown): string | null {
  if (value === unreadable) return 'is not JSON yet'
  const choices = schema.anyOf ?? schema.oneOf
  if (choices && !choices.some((choice) => findFaults(choice, value).size === 0)) {
    return 'fits none of the allowed shapes'
  }
  if (schema.enum && !schema.enum.some((one) => isSame(one, value))) {
    return `must be one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`
  }
  if (schema.const !== undefined && !isSame(schema.const, value)) {
    return `must be ${JSON.stringify(schema.const)}`
  }
  const types = [schema.type ?? []].flat()
  if (types.length > 0 && !types.some((type) => hasType(type, value))) {
    return `must be ${types.map((type) => article[type] ?? type).join(' or ')}`
  }
  if (typeof value === 'number') return numberFault(schema, value)
  if (typeof value === 'string') return textFault(schema, value)
  if (Array.isArray(value)) return listFault(schema, value.length)
  return null
}

const article: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}

function numberFault(schema: Schema, value: number): string | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}`
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `must be more than ${exclusiveMinimum}`
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return `must be less than ${exclusiveMaximum}`
  return null
}

function textFault({ minLength, maxLength, pattern }: Schema, value: string): string | null {
  if (minLength !== undefined && value.length < minLength)
    return `needs at least ${minLength} characters`
  if (maxLength !== undefined && value.length > maxLength)
    return `may have ${maxLength} characters at most`
  if (pattern !== undefined && !fitsPattern(pattern, value)) return `must match ${pattern}`
  return null
}

/** A pattern that this browser does not understand is left to the studio. */
function fitsPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}

function listFault({ minItems, maxItems }: Schema, length: number): string | null {
  if (minItems !== undefined && length < minItems) return `needs at least ${minItems} items`
  if (maxItems !== undefined && length > maxItems) return `may have ${maxItems} items at most`
  return null
}

/** One member that differs between two values; undefined where it is missing. */
export interface Change {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** Lists the members that differ, at most 200. */
export function listChanges(before: unknown, after: unknown, path = ''): readonly Change[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names]
      .flatMap((name) => listChanges(before[name], after[name], joinPath(path, name)))
      .slice(0, 200)
  }
  return isSame(before, after) ? [] : [{ path, before, after }]
}

/** Are two JSON values the same, whatever the order of their members? */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]))
  }
  return isObject(one) && isObject(other) && listChanges(one, other).length === 0
}
