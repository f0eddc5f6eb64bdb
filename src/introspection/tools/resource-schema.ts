import type { JsonObject } from '../../lib/json.ts'
import type { Field } from '../../project/model.ts'
import type { Operation, Resource } from '../../project/project.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { FieldSchemaReader } from './field-schema.ts'

/** The arguments of a resource's tools, as JSON Schemas. */
export interface ResourceInputs {
  readonly inputs: Readonly<Record<Operation, JsonObject>>
  readonly pk: JsonObject
  /** Names of the fields that the server sets and a caller cannot. */
  readonly serverControlled: readonly string[]
}

/** Describes the arguments of a resource's tools. If its model is unknown, request bodies may contain anything. */
export function toInputs(
  resource: Resource,
  model: AppModel | null,
  schemaOf: FieldSchemaReader,
): ResourceInputs {
  const { defaultLimit = 20, maxLimit = 100 } = resource
  const fields = model?.fields.filter(({ sensitive }) => !sensitive) ?? []
  const keys = fields.filter(({ primaryKey }) => primaryKey)
  const serverControlled =
    resource.serverControlled ?? (keys.length === 1 ? keys.map(({ name }) => name) : [])
  const pk = toKeySchema(keys, schemaOf)
  const byKey = toObject({ pk }, ['pk'])
  const writable = fields.filter(
    ({ name, generated }) =>
      !serverControlled.includes(name) && name !== 'pk' && generated !== 'always',
  )
  const required = writable.filter(
    (field) => !field.nullable && field.default === null && !field.generated,
  )
  const properties = toProperties(writable, schemaOf)
  const filters = fields.filter((field) => isFilter(field, schemaOf(field)))
  const isOpen = model === null
  const paging = {
    limit: { type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit },
    offset: { type: 'integer', minimum: 0, default: 0 },
  }
  return {
    pk,
    serverControlled,
    inputs: {
      list: toObject({ ...toProperties(filters, schemaOf), ...paging }),
      retrieve: byKey,
      create: toObject(
        properties,
        required.map(({ name }) => name),
        isOpen,
      ),
      update: toObject({ ...properties, pk }, ['pk'], isOpen),
      delete: byKey,
    },
  }
}

/** Describes an item in an answer: every field except the sensitive ones. */
export function toReadSchema(model: AppModel, schemaOf: FieldSchemaReader): JsonObject {
  return {
    type: 'object',
    properties: toProperties(
      model.fields.filter(({ sensitive }) => !sensitive),
      schemaOf,
    ),
  }
}

/** True for a field that can be compared with a query parameter. The tenant is not the caller's to choose. */
function isFilter({ name }: Field, schema: JsonObject): boolean {
  const { type } = schema
  const isPlain = type !== undefined ? ![type].flat().includes('array') : 'enum' in schema
  return isPlain && name !== 'tenant_id' && name !== 'limit' && name !== 'offset'
}

const integerKey: JsonObject = { type: 'integer' }
const textKey: JsonObject = { type: 'string', minLength: 1 }

function toKeySchema(keys: readonly Field[], schemaOf: FieldSchemaReader): JsonObject {
  const [key] = keys
  const schema = key && keys.length === 1 ? schemaOf(key) : {}
  return schema['type'] === 'integer' ? integerKey : textKey
}

function toProperties(fields: readonly Field[], schemaOf: FieldSchemaReader): JsonObject {
  return Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]))
}

function toObject(
  properties: JsonObject,
  required: readonly string[] = [],
  additionalProperties = false,
): JsonObject {
  return { type: 'object', properties, required, additionalProperties }
}
