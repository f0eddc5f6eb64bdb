import { z } from 'zod'
import { isRecord, type JsonObject } from '../json.ts'

const schemas = new WeakMap<z.ZodType, JsonObject>()

/**
 * Returns the JSON Schema 2020-12 of a zod schema, made once, in the form that validators of others accept: without
 * `$schema`, and without the `id` of named schemas, which Ajv refuses.
 */
export function toPlainSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const known = schemas.get(schema)
  if (known) return known
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  const plain = withoutIds(inlineRoot(made)) as JsonObject
  schemas.set(schema, plain)
  return plain
}

/** zod writes a schema that has an id as a bare reference to its own definition; clients expect a type at the root. */
function inlineRoot(schema: Record<string, unknown>): Record<string, unknown> {
  const { $ref, $defs, ...rest } = schema
  if (typeof $ref !== 'string' || !isRecord($defs)) return schema
  const { [$ref.replace('#/$defs/', '')]: root, ...others } = $defs
  const isUsed = JSON.stringify([root, others]).includes(JSON.stringify($ref))
  return { ...(root as object), ...rest, $defs: isUsed ? $defs : others }
}

/** Keywords whose members are named by the schema, so that none of them is a keyword. */
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs'])

function withoutIds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutIds)
  if (!isRecord(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'id')
      .map(([key, value]) => {
        if (key === 'default' || key === 'enum' || key === 'const') return [key, value]
        if (!maps.has(key) || !isRecord(value)) return [key, withoutIds(value)]
        const members = Object.entries(value).map(([name, inner]) => [name, withoutIds(inner)])
        return [key, Object.fromEntries(members)]
      }),
  )
}
