import { z } from 'zod'
import type { Json, JsonObject } from './json.ts'

/**
 * One thing that is wrong with an input. `path` is a dotted path into the input, empty for the input as a whole.
 *
 * @see docs/decisions/023-json-schema-checked-by-zod.md
 */
export interface SchemaFault {
  readonly path: string
  readonly message: string
}

/** The result of checking an input: the output of the schema, or every fault. */
export type ParseResult<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly SchemaFault[] }

/** One fault that a Standard Schema found: its message, and the path to the value. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a Standard Schema's `validate` returns: the parsed value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** A Standard Schema, version 1 (standardschema.dev), as zod 4, zod 3.24 and later, Valibot and ArkType implement it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** A zod 3 schema, recognised by members that zod 4 does not have. */
export interface Zod3Schema<Output = unknown> {
  readonly _output: Output
  readonly _def: object
  safeParseAsync(input: unknown): Promise<unknown>
}

/** Every kind of schema that a tool or a resource accepts. A `JsonObject` is plain JSON Schema. */
export type AnySchema = StandardSchema | Zod3Schema | JsonObject

/** The type of a value after parsing. Plain JSON Schema carries no type, so it becomes a `JsonObject`. */
export type InferOutput<Schema> =
  Schema extends StandardSchema<unknown, infer Output>
    ? Output
    : Schema extends Zod3Schema<infer Output>
      ? Output
      : JsonObject

/** Returns true when the value implements the Standard Schema interface. */
export function isStandardSchema(schema: unknown): schema is StandardSchema {
  const standard = member(schema, '~standard')
  return typeof member(standard, 'validate') === 'function'
}

/** Returns true for a schema of any release of zod 3. */
export function isZod3(schema: unknown): schema is Zod3Schema {
  return (
    member(schema, '_def') !== undefined &&
    member(schema, '_zod') === undefined &&
    typeof member(schema, 'safeParseAsync') === 'function'
  )
}

/**
 * Checks an input against a schema of any kind. Plain JSON Schema is checked through zod, which generates no code, so it
 * works where `eval` is forbidden.
 *
 * @throws Error when a plain JSON Schema uses keywords that zod cannot check, such as `if` or `not`.
 */
export async function parseWith(schema: AnySchema, input: unknown): Promise<ParseResult> {
  if (isStandardSchema(schema)) return parseStandard(schema, input)
  if (isZod3(schema)) return toResult(await schema.safeParseAsync(input))
  return parseStandard(toZod(schema), input)
}

async function parseStandard(schema: StandardSchema, input: unknown): Promise<ParseResult> {
  const result = await schema['~standard'].validate(input)
  return result.issues
    ? { ok: false, faults: result.issues.map(toFault) }
    : { ok: true, value: result.value }
}

// Releases of zod 3 before 3.24 have no `~standard`.
function toResult(result: unknown): ParseResult {
  if (member(result, 'success') === true) return { ok: true, value: member(result, 'data') }
  const issues = member(member(result, 'error'), 'issues')
  return { ok: false, faults: Array.isArray(issues) ? issues.map(toFault) : [] }
}

function toFault(issue: StandardIssue): SchemaFault {
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))
  return { path: path.join('.'), message: issue.message }
}

const converted = new WeakMap<JsonObject, z.ZodType>()

/**
 * Converts a plain JSON Schema to a zod schema, once for each schema object.
 *
 * @throws Error when the schema uses keywords that zod cannot check.
 */
export function toZod(schema: JsonObject): z.ZodType {
  const cached = converted.get(schema)
  if (cached) return cached
  const zodSchema = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0], {
    defaultTarget: 'definitions' in schema ? 'draft-7' : 'draft-2020-12',
    registry: z.registry(), // the global registry refuses a second schema with the same `id`
  })
  converted.set(schema, zodSchema)
  return zodSchema
}

// Not `isRecord`: the schemas of ArkType are functions.
function member(value: unknown, name: string): Json | object | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  return (value as Record<string, Json | object | undefined>)[name]
}
