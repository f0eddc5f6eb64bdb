import type { z } from 'zod'
import { isSecretName } from '../../lib/secret-names.ts'
import { toTableName } from './names.ts'
import type { Field, Model, Relation } from '../model.ts'
import type { ModelSource } from '../source.ts'
import { arrayOf, quoteText } from '../type-text.ts'

/** The properties that Studio reads from `.meta()` of a model or field; all others are ignored. */
interface Meta {
  readonly description?: string
  /** For a model: the name of its table. */
  readonly table?: string
  /** For a model: the database schema of its table. */
  readonly schema?: string
  readonly column?: string
  readonly primaryKey?: boolean
  readonly unique?: boolean
  readonly indexed?: boolean
  /** Makes a field a foreign key to the named model. */
  readonly references?: string
  readonly onDelete?: string
  /** For a model: false hides it from clients. */
  readonly exposed?: boolean
  /** For a field: true hides it from clients. Without it, the name and the columns it derives from decide. */
  readonly sensitive?: boolean
}

/** The properties of a zod 4 schema that Studio reads; all of them are public. */
interface Shape {
  readonly def: {
    readonly type: string
    readonly innerType?: Shape
    readonly element?: Shape
    readonly in?: Shape
    readonly options?: readonly Shape[]
    readonly entries?: Readonly<Record<string, string | number>>
    readonly values?: readonly unknown[]
    readonly defaultValue?: unknown
  }
  readonly format?: string | null
  readonly maxLength?: number | null
  meta(): Meta | undefined
}

/**
 * Creates models from zod 4 objects. Their keys are the model names. The table is `.meta({ table })`, or else the plural of
 * the model name in snake_case. A field that is the object of another model, or has `.meta({ references })`, is a foreign
 * key; an array of such objects is a many-to-many relation. The primary key is the field with `.meta({ primaryKey: true })`,
 * or else the field `id`. `.meta({ exposed: false })` hides a model from clients; `.meta({ sensitive: true })` hides a field.
 *
 * @throws TypeError when a value is not a zod 4 object.
 */
export function zodModels(objects: Readonly<Record<string, z.ZodObject>>): ModelSource {
  const names = Object.keys(objects)
  for (const name of names) {
    if ((objects[name] as Partial<Shape> | undefined)?.def?.type !== 'object') {
      throw new TypeError(`The model "${name}" must be a zod 4 object`)
    }
  }
  const tableSchemas = Object.values(objects).map(
    (object) => readMeta(object as unknown as Shape).schema ?? 'public',
  )
  let models: Promise<readonly Model[]> | undefined
  return { names, tableSchemas, read: () => (models ??= readWithoutVolatileDefaults(objects)) }
}

/**
 * Reads the models twice, 5 ms apart, to find defaults that are functions of time or randomness. zod calls such a function
 * on every access and does not reveal that the default is one. A default that differs between the two reads becomes null,
 * because it would change the checksum of the snapshot at every read.
 */
async function readWithoutVolatileDefaults(
  objects: Readonly<Record<string, z.ZodObject>>,
): Promise<readonly Model[]> {
  const names = new Map<unknown, string>(
    Object.entries(objects)
      .map(([name, object]) => [object, name] as const)
      .reverse(), // when an object occurs twice, its first name wins
  )
  const toModels = () =>
    Object.entries(objects).map(([name, object]) => toModel(name, object, names))
  const models = toModels()
  await new Promise((resolve) => setTimeout(resolve, 5))
  const again = toModels()
  return models.map((model, at) => ({
    ...model,
    fields: model.fields.map((field, index) =>
      field.default === again[at]?.fields[index]?.default ? field : { ...field, default: null },
    ),
  }))
}

function toModel(name: string, object: z.ZodObject, names: ReadonlyMap<unknown, string>): Model {
  const meta = readMeta(object as unknown as Shape)
  const shape = Object.entries(object.shape) as unknown as [string, Shape][]
  const declaresKey = shape.some(([, schema]) => readMeta(schema).primaryKey)
  const table = meta.table ?? toTableName(name)
  const fields: Field[] = []
  const relations: Relation[] = []
  for (const [key, schema] of shape) {
    const relation = toRelation(key, schema, names)
    if (relation) relations.push(relation)
    if (relation?.type !== 'many_to_many')
      fields.push(toField(key, schema, { table, keyById: !declaresKey }))
  }
  return {
    name,
    table,
    schema: meta.schema ?? null,
    description: meta.description ?? null,
    exposed: meta.exposed ?? true,
    fields,
    relations,
  }
}

function toField(
  name: string,
  schema: Shape,
  { table, keyById }: { readonly table: string; readonly keyById: boolean },
): Field {
  const { core, nullable, fallback } = unwrap(schema)
  const meta = readMeta(schema)
  const primaryKey = meta.primaryKey ?? (keyById && name === 'id')
  const column = meta.column ?? name
  const type = core.format ?? core.def.type
  return {
    name,
    column,
    type,
    tsType: toTypeScript(core),
    nullable,
    primaryKey,
    unique: meta.unique ?? primaryKey,
    indexed: meta.indexed ?? (primaryKey || meta.unique === true),
    default: fallback,
    maxLength: core.maxLength ?? null,
    description: meta.description ?? null,
    sensitive:
      meta.sensitive ??
      (isSecretName(name, { table, type }) || isSecretName(column, { table, type })),
    ...(meta.sensitive === false ? { declassified: true } : {}),
  }
}

function toRelation(
  name: string,
  schema: Shape,
  names: ReadonlyMap<unknown, string>,
): Relation | null {
  const { core, nullable } = unwrap(schema)
  const meta = readMeta(schema)
  const link = { name, through: null, onDelete: meta.onDelete ?? null, nullable }
  const many = core.def.element && names.get(unwrap(core.def.element).core)
  if (many) return { ...link, type: 'many_to_many', to: many, fields: [], unique: false }
  const target = meta.references ?? names.get(core)
  if (!target) return null
  return { ...link, type: 'foreign_key', to: target, fields: [name], unique: meta.unique ?? false }
}

/** Unwraps optional, nullable, default, readonly and pipe schemas down to the core schema. */
function unwrap(schema: Shape): { core: Shape; nullable: boolean; fallback: string | null } {
  let core = schema
  let nullable = false
  let fallback: string | null = null
  for (;;) {
    const { type, innerType, in: source, defaultValue } = core.def
    nullable ||= type === 'nullable' || type === 'optional'
    if (type === 'default' || type === 'prefault') fallback = toText(defaultValue)
    const inner = innerType ?? (type === 'pipe' ? source : undefined)
    if (!inner) return { core, nullable, fallback }
    core = inner
  }
}

function toText(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  return value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)
    ? String(value)
    : (JSON.stringify(value) ?? null)
}

function readMeta(schema: Shape): Meta {
  const inner = schema.def.innerType
  return { ...(inner ? readMeta(inner) : {}), ...schema.meta() }
}

const typeScript: Readonly<Record<string, string>> = {
  string: 'string',
  template_literal: 'string',
  number: 'number',
  boolean: 'boolean',
  bigint: 'bigint',
  date: 'Date',
  file: 'File',
  null: 'null',
  undefined: 'undefined',
  object: 'object',
  record: 'object',
  map: 'Map',
  set: 'Set',
}

function toTypeScript(schema: Shape): string {
  const { type, element, entries, values, options } = schema.def
  if (type === 'array' && element) return arrayOf(toTypeScript(unwrap(element).core), 1)
  if (type === 'enum' && entries) return union(Object.values(entries))
  if (type === 'literal' && values) return union(values)
  if (type === 'union' && options) return options.map((option) => toTypeScript(option)).join(' | ')
  return typeScript[type] ?? 'unknown'
}

function union(values: readonly unknown[]): string {
  return values
    .map((value) => (typeof value === 'string' ? quoteText(value) : String(value)))
    .join(' | ')
}
