import type { JsonObject } from '../../lib/json.ts'
import type { Field } from '../../project/model.ts'

/** JSON Schemas by the TypeScript type of a field. */
const byTsType: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  bigint: { type: ['integer', 'string'] },
  Date: { type: 'string' },
  Uint8Array: { type: 'string' },
  File: { type: 'string' },
}

/** More exact schemas by the PostgreSQL or zod type of a field. The first pattern that matches counts. */
const byType: readonly (readonly [pattern: RegExp, schema: JsonObject])[] = [
  [/^(smallint|integer|int|int32|uint32|safeint)$/, { type: 'integer' }],
  [/^(bigint|int64|uint64)$/, { type: ['integer', 'string'] }],
  [/^(numeric|money|decimal)/, { type: ['number', 'string'] }],
  // What PostgreSQL takes, which is more than the versions of RFC 9562: `format: 'uuid'` would refuse some.
  [/^(uuid|guid)/, { type: 'string', pattern: '^\\{?[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}\\}?$' }],
  [/^email$/, { type: 'string', format: 'email' }],
  [/^(url|uri)$/, { type: 'string', format: 'uri' }],
  [/^datetime$/, { type: 'string', format: 'date-time' }],
]

/** Returns the JSON Schema of a field's values; it allows anything if the type is unknown. */
export type FieldSchemaReader = (field: Field) => JsonObject

/** Returns a function that gives equal fields the same schema object: large projects have millions of places for a few schemas. */
export function fieldSchemaReader(): FieldSchemaReader {
  const known = new Map<string, JsonObject>()
  return (field) => {
    const { type, tsType, maxLength, nullable, description } = field
    const key = `${type}\0${tsType}\0${maxLength}\0${nullable}\0${description ?? ''}`
    const schema = known.get(key) ?? toFieldSchema(field)
    known.set(key, schema)
    return schema
  }
}

function toFieldSchema(field: Field): JsonObject {
  const { description, nullable } = field
  const core = toCoreSchema(field)
  return { ...(nullable ? orNull(core) : core), ...(description ? { description } : {}) }
}

function toCoreSchema({ type, tsType, maxLength }: Field): JsonObject {
  if (tsType.endsWith('[]')) return { type: 'array', items: toItemSchema(tsType.slice(0, -2)) }
  const labels = toLabels(tsType)
  if (labels) return { enum: labels }
  const found = byType.find(([pattern]) => pattern.test(type))?.[1] ?? byTsType[tsType] ?? {}
  return maxLength === null || found['type'] !== 'string' ? found : { ...found, maxLength }
}

function toItemSchema(tsType: string): JsonObject {
  const labels = toLabels(tsType.replace(/^\((.*)\)$/, '$1'))
  return labels ? { enum: labels } : (byTsType[tsType] ?? {})
}

/** Parses a union of string literals, such as `'draft' | 'live'`; null for any other type. */
function toLabels(tsType: string): string[] | null {
  const literal = /'((?:[^'\\]|\\.)*)'/y
  const labels: string[] = []
  for (;;) {
    const [, label] = literal.exec(tsType) ?? []
    if (label === undefined) return null
    labels.push(label.replace(/\\(.)/g, '$1'))
    if (literal.lastIndex === tsType.length) return labels
    if (!tsType.startsWith(' | ', literal.lastIndex)) return null
    literal.lastIndex += 3
  }
}

function orNull(schema: JsonObject): JsonObject {
  if (Array.isArray(schema['enum'])) return { enum: [...(schema['enum'] as string[]), null] }
  const { type } = schema
  if (type === undefined) return schema
  return { ...schema, type: [...[type].flat(), 'null'] as string[] }
}
