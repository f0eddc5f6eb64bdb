import { z } from 'zod'
import { compareText } from '../../lib/text.ts'
import { type Capability, ownCapabilities } from '../capabilities.ts'
import { handshakeSchema } from './handshake.ts'

/** The keywords of a JSON Schema that are rewritten here. */
interface Schema {
  [key: string]: unknown
  type?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

const handshakeJsonSchemas = new Map<string, object>()

/**
 * Answers `GET /studio/schema/handshake`: the JSON Schema 2020-12 that every handshake of this deployment satisfies. It lists the
 * capabilities of the protocol, and of the others those that are served.
 */
export function readHandshakeSchema(served: readonly Capability[]): object {
  const key = ownCapabilities.filter((name) => served.includes(name)).join()
  const known = handshakeJsonSchemas.get(key) ?? toJsonSchema(served)
  handshakeJsonSchemas.set(key, known)
  return known
}

/** Derives the schema from zod and rewrites it to the form of docs/contracts/introspection.md, 1.6. */
function toJsonSchema(served: readonly Capability[]): object {
  const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(handshakeSchema)
  const definitions = Object.entries($defs as Record<string, Schema>).sort(([a], [b]) =>
    compareText(a, b),
  )
  return {
    $defs: Object.fromEntries(
      definitions.map(([name, { id: __, ...schema }]) => [
        name,
        withOptionalDefaults(rewrite({ title: name, ...withServed(schema, served) })),
      ]),
    ),
    ...rewrite(root as Schema),
  }
}

function withServed(schema: Schema, served: readonly Capability[]): Schema {
  const names = schema['enum']
  if (!Array.isArray(names)) return schema
  const isListed = (name: unknown) =>
    !ownCapabilities.some((own) => own === name && !served.includes(own))
  return { ...schema, enum: names.filter(isListed) }
}

/** Below the top level, a key with a default is not `required`, although every handshake has it. */
function withOptionalDefaults(schema: Schema): Schema {
  const { properties, required } = schema
  if (!properties || !required) return schema
  return {
    ...schema,
    required: required.filter((name) => !('default' in (properties[name] ?? {}))),
  }
}

function rewrite({ additionalProperties: _, ...schema }: Schema): Schema {
  const { properties } = schema
  if (!properties) return schema
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, rewriteProperty(name, property)]),
    ),
  }
}

/** Adds a title, removes the bounds that zod adds, and writes a nullable type as `anyOf`. */
function rewriteProperty(name: string, property: Schema): Schema {
  if ('$ref' in property) return property
  const { minimum: _, maximum: __, propertyNames: ___, additionalProperties, ...rest } = property
  const { type, ...untyped } = rest
  const core = Array.isArray(type)
    ? { anyOf: (type as string[]).map((name) => ({ type: name })), ...untyped }
    : rest
  if (additionalProperties === undefined) return { title: toTitle(name), ...core }
  const isOpen = Object.keys(additionalProperties as object).length === 0
  return {
    title: toTitle(name),
    ...core,
    additionalProperties: isOpen ? true : additionalProperties,
  }
}

/** Turns a key into a title: `pool_size` → `Pool Size`. */
function toTitle(name: string): string {
  return name.replace(
    /(^|_)([a-z])/g,
    (_, gap: string, letter: string) => `${gap && ' '}${letter.toUpperCase()}`,
  )
}
