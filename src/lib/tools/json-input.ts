import type { z } from 'zod'
import { isRecord } from '../json.ts'
import type { Zod3Schema } from '../standard-schema.ts'

/** Marks a part of a description whose value JSON cannot carry; it names the kind of value. */
const mark = '~unusable'

/** zod 4's types without a JSON form → what to write instead. */
const remedies: Readonly<Record<string, string>> = {
  date: 'use z.coerce.date(), or z.iso.datetime() for a text',
  bigint: 'use z.coerce.bigint(), or z.string() for the digits',
  map: 'use z.record()',
  set: 'use z.array()',
  symbol: 'use z.string()',
  undefined: 'use .optional()',
  void: 'use .optional()',
  nan: 'use z.number()',
  function: 'functions do not travel',
  file: 'use z.string() for its URL or base64',
}

interface DescribedType {
  readonly _zod: {
    readonly def: {
      readonly type: string
      readonly coerce?: boolean
      readonly values?: readonly unknown[]
      readonly in?: DescribedType
    }
    readonly bag?: { readonly Class?: { readonly name: string } }
  }
}

/** Describes for `z.toJSONSchema` what zod leaves open: dates and big integers that are coerced, and what is unusable. */
export function describeForJson(context: {
  zodSchema: z.core.$ZodTypes
  jsonSchema: Record<string, unknown>
}): void {
  const { jsonSchema } = context
  const { def, bag } = (context.zodSchema as unknown as DescribedType)._zod
  if (def.coerce && def.type === 'date') {
    Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  } else if (def.coerce && def.type === 'bigint') {
    Object.assign(jsonSchema, { type: 'string', pattern: '^-?[0-9]+$' })
  } else if (Object.hasOwn(remedies, def.type)) {
    jsonSchema[mark] = `the type ${def.type}, which JSON cannot carry; ${remedies[def.type]}`
  } else if (def.type === 'custom' && bag?.Class) {
    jsonSchema[mark] = `an instance of ${bag.Class.name}, which JSON cannot carry`
  } else if (def.type === 'literal' && def.values?.some(isNoJson)) {
    jsonSchema[mark] = 'a literal that JSON cannot carry'
  } else if (def.type === 'pipe' && def.in?._zod.def.type === 'transform') {
    delete jsonSchema[mark] // a preprocessor makes the value
  }
}

function isNoJson(value: unknown): boolean {
  return typeof value === 'bigint' || value === undefined
}

/**
 * Returns a description without the branches of unions that JSON cannot carry.
 *
 * @throws TypeError that names the path of a value which JSON cannot carry and which has no other branch.
 */
export function checkJsonInput(described: unknown, path = ''): unknown {
  if (Array.isArray(described)) return described.map((item) => checkJsonInput(item, path))
  if (!isRecord(described)) return described
  const unusable = described[mark]
  if (typeof unusable === 'string') {
    throw new TypeError(`${path === '' ? 'The schema' : `"${path}"`} asks for ${unusable}`)
  }
  return Object.fromEntries(
    Object.entries(described).map(([key, member]) => {
      if (isUnion(key, member)) return [key, checkJsonInput(usableBranches(member), path)]
      return [key, isSchemaKey(key) ? checkMembers(key, member, path) : member]
    }),
  )
}

function isUnion(key: string, member: unknown): member is unknown[] {
  return (key === 'anyOf' || key === 'oneOf') && Array.isArray(member)
}

/** A branch for null alone is no way to give a value. */
function usableBranches(branches: readonly unknown[]): readonly unknown[] {
  const usable = branches.filter((branch) => !isRecord(branch) || !Object.hasOwn(branch, mark))
  const isOnlyNull = usable.every((branch) => isRecord(branch) && branch.type === 'null')
  return isOnlyNull ? branches : usable
}

const schemaKeys = /^(?:properties|patternProperties|definitions|\$defs|items|additional\w+|allOf)$/

/** Values of `default`, `const` and `examples` are no schemas, whatever their keys are. */
function isSchemaKey(key: string): boolean {
  return schemaKeys.test(key)
}

function checkMembers(key: string, member: unknown, path: string): unknown {
  const isNamed = key === 'properties' || key === 'definitions' || key === '$defs'
  if (!isNamed || !isRecord(member)) return checkJsonInput(member, path)
  return Object.fromEntries(
    Object.entries(member).map(([name, schema]) => [
      name,
      checkJsonInput(schema, path === '' ? name : `${path}.${name}`),
    ]),
  )
}

/** The types of zod 3 without a JSON form. */
const zod3Remedies: Readonly<Record<string, string>> = {
  ZodDate: `a date, which JSON cannot carry; use z.coerce.date()`,
  ZodBigInt: `a bigint, which JSON cannot carry; use z.coerce.bigint()`,
  ZodMap: 'a map, which JSON cannot carry; use z.record()',
  ZodSet: 'a set, which JSON cannot carry; use z.array()',
  ZodSymbol: 'a symbol, which JSON cannot carry',
  ZodFunction: 'a function, which JSON cannot carry',
  ZodNaN: 'NaN, which JSON cannot carry',
}

type Zod3Def = Readonly<Record<string, unknown>> & { readonly typeName?: string }

/**
 * Checks that JSON can carry the input of a zod 3 schema.
 *
 * @throws TypeError that names the path of a value which JSON cannot carry.
 */
export function checkZod3Input(schema: Zod3Schema): void {
  visitZod3(schema, '', new Set())
}

function visitZod3(schema: unknown, path: string, seen: Set<unknown>): void {
  if (seen.has(schema) || !hasDef(schema)) return
  seen.add(schema)
  const def = schema._def
  const unusable = def['coerce'] === true ? undefined : zod3Remedies[def.typeName ?? '']
  const what = unusable ?? (isInstanceCheck(schema) ? 'an instance, which JSON cannot carry' : null)
  if (what) throw new TypeError(`${path === '' ? 'The schema' : `"${path}"`} asks for ${what}`)
  if (def.typeName === 'ZodUnion' && Array.isArray(def['options'])) {
    return visitOptions(def['options'], path, seen)
  }
  for (const [name, child] of childrenOf(schema)) {
    visitZod3(child, [path, name].filter(Boolean).join('.'), seen)
  }
}

/** A union is usable if one option is, besides null. */
function visitOptions(options: readonly unknown[], path: string, seen: Set<unknown>): void {
  let fault: unknown
  for (const option of options) {
    try {
      visitZod3(option, path, new Set(seen))
      if (hasDef(option) && !/^Zod(?:Null|Undefined)$/.test(option._def.typeName ?? '')) return
    } catch (error) {
      fault = error
    }
  }
  if (fault) throw fault
}

function hasDef(schema: unknown): schema is { readonly _def: Zod3Def } {
  return isRecord(schema) && isRecord(schema._def)
}

/** The parts of a zod 3 schema that see the input, by name where they have one. */
function childrenOf({ _def: def }: { readonly _def: Zod3Def }): [string, unknown][] {
  const { shape, effect, getter } = def
  const isPreprocessed = isRecord(effect) && effect.type === 'preprocess'
  const members: unknown = typeof shape === 'function' ? shape() : {}
  const unnamed = [
    def['innerType'],
    isPreprocessed ? undefined : def['schema'],
    def['type'],
    def['valueType'],
    def['in'],
    def['left'],
    def['right'],
    def['rest'],
    typeof getter === 'function' ? getter() : undefined,
    ...(Array.isArray(def['items']) ? def['items'] : []),
    ...(Array.isArray(def['options']) ? def['options'] : []),
  ]
  return [
    ...Object.entries(isRecord(members) ? members : {}),
    ...unnamed.map((child): [string, unknown] => ['', child]),
  ]
}

/** `z.instanceof` of zod 3 is a check on any value, recognised by what it says. */
function isInstanceCheck(schema: { readonly _def: Zod3Def }): boolean {
  const { typeName, schema: inner } = schema._def
  if (typeName !== 'ZodEffects' || !hasDef(inner) || inner._def.typeName !== 'ZodAny') return false
  try {
    const { safeParse } = schema as { safeParse?: (input: unknown) => unknown }
    const result = safeParse?.call(schema, {})
    return JSON.stringify(result).includes('Input not instance of')
  } catch {
    return false // an asynchronous check
  }
}
