import { z } from 'zod'
import { isRecord, type JsonObject } from '../../lib/json.ts'
import { compareText } from '../../lib/text.ts'
import { handshakeSchema } from './studio-answers.ts'

let handshakeJsonSchema: JsonObject | undefined

/** Answers `GET /studio/schema/handshake`: the JSON Schema 2020-12 that every handshake satisfies. */
export function readHandshakeSchema(): JsonObject {
  return (handshakeJsonSchema ??= toJsonSchema())
}

/**
 * Derives the schema from zod and rewrites it to the form of docs/contracts/introspection.md, 1.6. Only the definitions and
 * the whole have a title: generators of types would make a global name of the title of a property.
 */
function toJsonSchema(): JsonObject {
  const { $defs = {} } = z.toJSONSchema(handshakeSchema)
  const { StudioHandshake: root, ...definitions } = $defs
  const sorted = Object.entries(definitions).sort(([a], [b]) => compareText(a, b))
  return {
    $defs: Object.fromEntries(
      sorted.map(([name, schema]) => [name, rewrite({ title: name, ...schema })]),
    ),
    ...(rewrite(root) as JsonObject),
  } as JsonObject
}

/** Removes the id, the bounds and the ban of further keys that zod adds, and writes a nullable type as `anyOf`. */
function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite)
  if (!isRecord(value)) return value
  const { id: _, minimum: __, maximum: ___, propertyNames: ____, ...rest } = value
  const { type, additionalProperties, ...schema } = rest
  const types = Array.isArray(type)
    ? { anyOf: type.map((name) => ({ type: name as unknown })) }
    : { type }
  const members = Object.entries(schema).map(([key, member]) => [key, rewrite(member)])
  return {
    ...(type === undefined ? {} : types),
    ...Object.fromEntries(members),
    ...(additionalProperties ? { additionalProperties: rewrite(additionalProperties) } : {}),
  }
}
