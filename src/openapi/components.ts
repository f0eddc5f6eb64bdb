import { z } from 'zod'
import { isRecord } from '../lib/json.ts'

/** A JSON Schema of draft 2020-12, which OpenAPI 3.1 uses unchanged. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Which side of a schema is described: what a client sends, or what it receives. */
export type Direction = 'input' | 'output'

/** What zod cannot say of values that are checked by a function, by the name of the schema. */
const recursive: Readonly<Record<string, JsonSchema>> = {
  // The items of a list are any JSON too. Said as a reference, they would be an array type that refers to itself.
  Json: {
    description: 'Any JSON value.',
    anyOf: [
      { type: ['string', 'number', 'boolean', 'null'] },
      { type: 'array', items: {} },
      { $ref: '#/$defs/JsonObject' },
    ],
  },
  JsonObject: {
    description: 'A JSON object with any members.',
    type: 'object',
    additionalProperties: { $ref: '#/$defs/Json' },
  },
}

/** The named schemas of one document. Each schema with a `meta` id becomes one of them. */
export interface Components {
  /** Converts a zod schema. A named one becomes a reference. */
  add(schema: z.ZodType, direction: Direction): JsonSchema
  /** Returns all named schemas so far, by name. */
  list(): Readonly<Record<string, JsonSchema>>
}

/** Creates an empty collection of named schemas. */
export function createComponents(): Components {
  const named = new Map<string, JsonSchema>()
  /** The names of what clients receive. Everything that they receive is added before what they send. */
  const received = new Set<string>()
  let parts = 0
  return {
    add(schema, direction) {
      const converted = z.toJSONSchema(schema, { io: direction, unrepresentable: 'any' })
      const { $schema: _, $defs = {}, ...root } = converted as Record<string, unknown>
      const definitions = { ...(isRecord($defs) ? $defs : {}) }
      const id = typeof root['id'] === 'string' ? root['id'] : null
      if (id !== null) definitions[id] = root
      const names =
        direction === 'input' ? nameSent(definitions, named, received) : nameAsIs(definitions)
      // zod counts the recursive schemas without a name from 0 in each schema.
      for (const key of Object.keys(definitions)) {
        if (key.startsWith('__schema')) names.set(key, `${id ?? 'Anonymous'}Part${++parts}`)
      }
      for (const [key, name] of names) {
        named.set(name, rewrite(recursive[key] ?? definitions[key], names) as JsonSchema)
        if (direction === 'output') received.add(name)
        if (!(key in recursive)) continue
        for (const [name, schema] of Object.entries(recursive)) {
          named.set(name, rewrite(schema, names) as JsonSchema) // each refers to the others
        }
      }
      return (id === null ? rewrite(root, names) : toRef(names.get(id) ?? id)) as JsonSchema
    },
    list: () => Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

type Definitions = Readonly<Record<string, unknown>>

function nameAsIs(definitions: Definitions): Map<string, string> {
  return new Map(Object.keys(definitions).map((key) => [key, key]))
}

/** Names the definitions of a schema that clients send: `…Input` where they receive another shape of that name. */
function nameSent(
  definitions: Definitions,
  named: ReadonlyMap<string, JsonSchema>,
  received: ReadonlySet<string>,
): Map<string, string> {
  const asIs = nameAsIs(definitions)
  const shared = [...asIs.keys()].filter((key) => received.has(key) && !(key in recursive))
  const differs = (key: string): boolean =>
    JSON.stringify(named.get(key)) !== JSON.stringify(rewrite(definitions[key], asIs))
  // A schema that refers to one that differs has to differ as well, so all of them are renamed together.
  if (shared.some(differs)) for (const key of shared) asIs.set(key, `${key}Input`)
  return asIs
}

function toRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** Keywords whose members are named by the schema, so that none of them is a keyword. */
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties'])

/**
 * Points references at the components, and removes what says nothing to a client: the ids, the bounds that zod adds to whole
 * numbers, and `additionalProperties: false`, because a later version may answer with more.
 */
function rewrite(schema: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(schema)) return schema.map((member) => rewrite(member, names))
  if (!isRecord(schema)) return schema
  const { $ref } = schema
  if (typeof $ref === 'string') {
    const key = $ref.replace(/^#\/\$defs\//, '')
    return toRef(names.get(key) ?? key)
  }
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
      if (
        key === 'id' ||
        key === 'const' ||
        key === 'enum' ||
        key === 'examples' ||
        key === 'default'
      )
        return key === 'id' ? [] : [[key, value]]
      if (key === 'additionalProperties' && value === false) return []
      if (Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER && /imum$/i.test(key)) return []
      if (maps.has(key) && isRecord(value)) {
        const members = Object.entries(value).map(([name, inner]) => [name, rewrite(inner, names)])
        return [[key, Object.fromEntries(members)]]
      }
      return [[key, rewrite(value, names)]]
    }),
  )
}
