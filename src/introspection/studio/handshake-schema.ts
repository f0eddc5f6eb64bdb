import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import { handshakeSchema } from './handshake.ts'

/** A JSON Schema, as far as it is rewritten here. */
interface Schema {
  [key: string]: unknown
  type?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

/** `GET /studio/schema/handshake`: the JSON Schema 2020-12 that every handshake validates against. */
export function schemaHandshakeRoute(): Route {
  let schema: object | undefined
  return defineRoute({
    name: 'schema_handshake',
    method: 'GET',
    path: '/studio/schema/handshake',
    summary: 'The JSON Schema of the handshake.',
    capability: 'read_schema',
    etag: (answer) => answer,
    handle: () => (schema ??= toHandshakeSchema()),
  })
}

/** Derives the schema from the zod schemas and spells it as the protocol does (contract introspection.md 1.6 and D). */
function toHandshakeSchema(): object {
  const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(handshakeSchema)
  const definitions = Object.entries($defs as Record<string, Schema>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  return {
    $defs: Object.fromEntries(
      definitions.map(([name, { id: __, ...schema }]) => [
        name,
        withOptionalDefaults(spell({ title: name, ...schema })),
      ]),
    ),
    ...spell(root as Schema),
  }
}

/** Below the top level a key with a default is not required, as in the protocol; the answer has it all the same. */
function withOptionalDefaults(schema: Schema): Schema {
  const { properties, required } = schema
  if (!properties || !required) return schema
  return {
    ...schema,
    required: required.filter((name) => !('default' in (properties[name] ?? {}))),
  }
}

function spell({ additionalProperties: _, ...schema }: Schema): Schema {
  const { properties } = schema
  if (!properties) return schema
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, spellProperty(name, property)]),
    ),
  }
}

/** Titles what has no title of its own, leaves out what zod adds, and writes a nullable type as `anyOf`. */
function spellProperty(name: string, property: Schema): Schema {
  if ('$ref' in property) return property
  const { minimum: _, maximum: __, propertyNames: ___, additionalProperties, ...rest } = property
  const { type, ...untyped } = rest
  const core = Array.isArray(type)
    ? { anyOf: (type as string[]).map((one) => ({ type: one })), ...untyped }
    : rest
  if (additionalProperties === undefined) return { title: toTitle(name), ...core }
  const isOpen = Object.keys(additionalProperties as object).length === 0
  return {
    title: toTitle(name),
    ...core,
    additionalProperties: isOpen ? true : additionalProperties,
  }
}

function toTitle(name: string): string {
  return name.replace(
    /(^|_)([a-z])/g,
    (_, gap: string, letter: string) => `${gap && ' '}${letter.toUpperCase()}`,
  )
}
