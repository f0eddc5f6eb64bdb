import { z } from 'zod'
import { isRecord, type JsonObject } from '../../lib/json.ts'
import { compareText } from '../../lib/text.ts'
import { type Capability, ownCapabilities } from '../capabilities.ts'
import { handshakeSchema } from './studio-answers.ts'

const handshakeJsonSchemas = new Map<string, JsonObject>()

/**
 * Answers `GET /studio/schema/handshake`: the JSON Schema 2020-12 that every handshake of this deployment satisfies. It lists the
 * capabilities of the protocol, and of the others those that are served.
 */
export function readHandshakeSchema(served: readonly Capability[]): JsonObject {
  const key = ownCapabilities.filter((name) => served.includes(name)).join()
  const known = handshakeJsonSchemas.get(key) ?? toJsonSchema(served)
  handshakeJsonSchemas.set(key, known)
  return known
}

/**
 * Derives the schema from zod and rewrites it to the form of docs/contracts/introspection.md, 1.6. Only the definitions and
 * the whole have a title: generators of types would make a global name of the title of a property.
 */
function toJsonSchema(served: readonly Capability[]): JsonObject {
  const { $defs = {} } = z.toJSONSchema(handshakeSchema)
  const { StudioHandshake: root, ...definitions } = $defs
  const sorted = Object.entries(definitions).sort(([a], [b]) => compareText(a, b))
  return {
    $defs: Object.fromEntries(
      sorted.map(([name, schema]) => [
        name,
        rewrite({ title: name, ...withServed(schema, served) }),
      ]),
    ),
    ...(rewrite(root) as JsonObject),
  } as JsonObject
}

function withServed(schema: object, served: readonly Capability[]): object {
  const { enum: names } = schema as { readonly enum?: unknown }
  if (!Array.isArray(names)) return schema
  const isListed = (name: unknown) =>
    !ownCapabilities.some((own) => own === name && !served.includes(own))
  return { ...schema, enum: names.filter(isListed) }
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
