import { z } from 'zod'
import { zodToJsonSchema } from 'zod-to-json-schema'
import type { JsonObject } from './json.ts'
import { isStandardSchema, isZod3, type AnySchema } from './standard-schema.ts'

/**
 * Describes the input a schema accepts as JSON Schema draft 7 of type `object`, without `$schema`. A Standard Schema
 * that cannot describe itself accepts any object here and is still enforced when the input is parsed.
 *
 * @throws TypeError when the schema describes something other than an object.
 */
export function toJsonSchema(schema: AnySchema): JsonObject {
  const { $schema: _, ...described } = inlineRoot(describe(schema))
  const { type = 'object' } = described
  if (type !== 'object') {
    throw new TypeError(`A schema of type "object" is needed, not ${JSON.stringify(type)}`)
  }
  return { type, ...described }
}

function describe(schema: AnySchema): JsonObject {
  if (typeof schema !== 'object' && typeof schema !== 'function') {
    throw new TypeError('A schema must be a zod schema, a Standard Schema or a JSON Schema object')
  }
  if ('_zod' in schema) {
    const described = z.toJSONSchema(schema as unknown as z.core.$ZodType, {
      io: 'input',
      target: 'draft-7',
      unrepresentable: 'any',
    })
    return described as JsonObject
  }
  // zod-to-json-schema reads zod 3 only; of a zod 4 schema it makes an empty one without an error.
  if (isZod3(schema))
    return zodToJsonSchema(schema as never, { $refStrategy: 'none' }) as JsonObject
  return isStandardSchema(schema) ? describeStandard(schema) : (schema as JsonObject)
}

/** Standard JSON Schema (standardschema.dev): newer vendors describe themselves. */
function describeStandard(schema: object): JsonObject {
  const { '~standard': standard } = schema as {
    '~standard': { jsonSchema?: { input?: (options: { target: string }) => JsonObject } }
  }
  return standard.jsonSchema?.input?.({ target: 'draft-07' }) ?? { type: 'object' }
}

/** A schema that carries an id arrives as a bare reference to its own definition. */
function inlineRoot(schema: JsonObject): JsonObject {
  const { $ref, ...rest } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return schema
  let target: unknown = schema
  for (const step of $ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    target = (target as Record<string, unknown> | undefined)?.[key]
  }
  return typeof target === 'object' && target !== null
    ? { ...(target as JsonObject), ...rest }
    : schema
}
