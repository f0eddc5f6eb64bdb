import { z } from 'zod'
import { isRecord, type JsonObject } from './json.ts'
import { checkJsonInput, checkZod3Input, describeForJson } from './tools/json-input.ts'
import {
  type AnySchema,
  isStandardSchema,
  isZod3,
  type StandardSchema,
  type Zod3Schema,
} from './standard-schema.ts'

/**
 * Returns a function that describes the input of a schema as JSON Schema draft 7 of type `object`, without `$schema`. What
 * is described is what is checked.
 *
 * @throws TypeError immediately, when the schema describes something other than an object, cannot describe itself, or asks
 *   for values that JSON cannot carry, such as a `Date`.
 *
 * @see docs/decisions/004-zod-3-and-4.md
 */
export function prepareJsonSchema(schema: AnySchema): () => Promise<JsonObject> {
  if (!isZod3(schema)) {
    const described = toObjectSchema(describe(schema))
    return async () => described
  }
  const { typeName = '' } = schema._def as { typeName?: string }
  if (notObjects.test(typeName))
    throw new TypeError(`The schema must describe an object, not a ${typeName}`)
  checkZod3Input(schema)
  // the converter is loaded with the first description, because few applications still use zod 3
  let described: Promise<JsonObject> | undefined
  return () => (described ??= convertZod3(schema))
}

const notObjects =
  /^Zod(String|Number|BigInt|Boolean|Date|Array|Tuple|Set|Map|Enum|NativeEnum|Literal|Null|Undefined|Void|Never|Symbol|Function)$/

async function convertZod3(schema: Zod3Schema): Promise<JsonObject> {
  const { zodToJsonSchema } = await import('zod-to-json-schema')
  return toObjectSchema(zodToJsonSchema(schema as never, { $refStrategy: 'none' }) as JsonObject)
}

function toObjectSchema(schema: JsonObject): JsonObject {
  const { $schema: _, ...described } = inlineRoot(schema)
  const { type = 'object' } = described
  if (type !== 'object') {
    throw new TypeError(`The schema must have the type "object", not ${JSON.stringify(type)}`)
  }
  return { type, ...described }
}

function describe(schema: Exclude<AnySchema, Zod3Schema>): JsonObject {
  if (typeof schema !== 'object' && typeof schema !== 'function') {
    throw new TypeError('A schema must be a zod schema, a Standard Schema or a JSON Schema object')
  }
  if ('_zod' in schema) {
    const described = z.toJSONSchema(schema as unknown as z.core.$ZodType, {
      io: 'input',
      target: 'draft-7',
      unrepresentable: 'any',
      override: describeForJson,
    })
    return checkJsonInput(described) as JsonObject
  }
  if (isStandardSchema(schema)) return describeStandard(schema)
  if ('jsonSchema' in schema && 'validate' in schema) {
    throw new TypeError('jsonSchema() of the AI SDK is no schema here; pass the JSON Schema itself')
  }
  return schema as JsonObject
}

// Newer vendors implement Standard JSON Schema (standardschema.dev) and describe themselves.
function describeStandard(schema: StandardSchema): JsonObject {
  const { jsonSchema, vendor } = schema['~standard'] as StandardSchema['~standard'] & {
    jsonSchema?: { input?: (options: { target: string }) => JsonObject }
  }
  if (typeof jsonSchema?.input === 'function') return jsonSchema.input({ target: 'draft-07' })
  const advice =
    vendor === 'valibot'
      ? 'wrap it with toStandardJsonSchema of @valibot/to-json-schema'
      : 'use a version that implements Standard JSON Schema, or pass a JSON Schema'
  throw new TypeError(`A schema of ${vendor} cannot tell the model what it accepts; ${advice}`)
}

// zod writes a schema that has an id as a bare reference to its own definition.
function inlineRoot(schema: JsonObject): JsonObject {
  const { $ref, ...rest } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return schema
  let target: unknown = schema
  for (const step of $ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    target = (target as Record<string, unknown> | undefined)?.[key]
  }
  return isRecord(target) ? { ...(target as JsonObject), ...rest } : schema
}
