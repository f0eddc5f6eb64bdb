import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { DefaultValue } from '../schema/default-value.ts'
import type { NewColumn } from '../schema/model-change.ts'
import type { FieldSpec, ModelSpec } from './parse-request.ts'

/** The key of a model that has no field of this name. */
export const key = { name: 'id', type: 'uuid' } as const

const varchar = ({ max_length }: FieldSpec) => `varchar(${max_length ?? 255})`

/** The types of PostgreSQL for those of the protocol. */
export const columnTypes: Readonly<
  Record<Exclude<FieldSpec['type'], 'fk' | 'm2m'>, (field: FieldSpec) => string>
> = {
  string: varchar,
  email: varchar,
  text: () => 'text',
  url: () => 'text',
  integer: () => 'integer',
  boolean: () => 'boolean',
  datetime: () => 'timestamptz',
  uuid: () => 'uuid',
  decimal: () => 'numeric(10,2)',
  json: () => 'jsonb',
}

/** Adds the faults that one field has by itself. */
export function checkField(field: FieldSpec, from: string, faults: SchemaFault[]): void {
  const { type, max_length, fk_model } = field
  const isRelation = type === 'fk' || type === 'm2m'
  const refuse = (name: string, message: string) =>
    faults.push({ path: `${from}.${name}`, message })
  if (max_length !== null && type !== 'string' && type !== 'email') {
    refuse('max_length', `a field of the type ${type} has none`)
  }
  if (isRelation && fk_model === null) refuse('fk_model', `a field of the type ${type} needs it`)
  if (!isRelation && fk_model !== null) refuse('fk_model', `a field of the type ${type} has none`)
  if (isRelation && field.default !== null) {
    refuse('default', `a field of the type ${type} has none`)
  }
  if (type === 'm2m' && field.unique) refuse('unique', 'a field of the type m2m is a table')
}

/** Returns the column of a field, and adds a fault for a default that cannot be written. */
export function toColumn(
  field: FieldSpec,
  type: string,
  { from, faults }: { readonly from: string; readonly faults: SchemaFault[] },
): NewColumn {
  const given = toDefault(field)
  if (given === undefined) {
    faults.push({ path: `${from}.default`, message: `a ${field.type} has only the default "now"` })
  }
  return {
    name: field.name,
    type,
    nullable: !field.required && field.name !== key.name,
    ...(given ? { default: given } : {}),
  }
}

/** Returns the default of a field, null for none, or undefined for one that cannot be written. */
function toDefault({ type, default: value }: FieldSpec): DefaultValue | null | undefined {
  if (value === null) return null
  if (type !== 'datetime') return { kind: 'value', value }
  return value === 'now' || value === 'now()' ? { kind: 'function', name: 'now()' } : undefined
}

/** Returns the type of the key of a new model. */
export function keyTypeOf({ fields }: ModelSpec): string {
  const own = fields.find(({ name }) => name === key.name)
  return own && own.type !== 'fk' && own.type !== 'm2m' ? columnTypes[own.type](own) : key.type
}
