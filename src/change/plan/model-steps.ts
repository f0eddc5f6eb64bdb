import { StudioError } from '../../errors.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { isRecord } from '../../lib/json.ts'
import { fromSpec } from '../codegen/from-spec.ts'
import type { FieldSpec, ModelSpec } from '../codegen/parse-request.ts'
import type { ModelChange } from '../schema/model-change.ts'
import type { KnownModel, TableOverlay } from './overlay.ts'
import type { PayloadOf } from './step-payloads.ts'

/** What a step changes of the model of an app; or what is wrong with it. */
export type ModelStep =
  | {
      readonly app: string
      readonly changes: readonly ModelChange[]
      readonly notes: readonly string[]
      /** The part of the output that names what is changed. */
      readonly subject: Readonly<Record<string, string>>
      readonly created: (KnownModel & { readonly name: string }) | null
      /** Returns where in the payload the cause of a fault is, by its path such as `changes.0.column.type`. */
      readonly toPath: (path: string) => string
    }
  | { readonly faults: readonly SchemaFault[] }

/** What steps can refer to. */
export interface ModelWorld {
  readonly tables: TableOverlay
  /** The labels of the apps that have migrations. */
  readonly apps: readonly string[]
}

/** Turns a new model of the protocol into changes. */
export function toNewModel(model_spec: ModelSpec, { tables, apps }: ModelWorld): ModelStep {
  const request = { target: 'model', model_spec, app_name: null, extra_options: {} } as const
  const made = attempt(() => fromSpec(request, apps, (name) => tables.findTable(name)))
  if ('faults' in made) return made
  const { app, changes, notes, toPath } = made.value
  const table = changes[0]?.table ?? ''
  const { name } = model_spec
  const created = { name, app, schema: 'public', table, columns: new Map<string, string>() }
  // what to do next is a step of the plan, not a note
  return { app, changes, notes: notes.slice(0, -1), subject: { model_name: name }, created, toPath }
}

/** Turns a new field into changes of the table of its model. */
export function toNewField(payload: PayloadOf<'create_field'>, world: ModelWorld): ModelStep {
  const found = findModel(payload, world)
  if ('faults' in found) return found
  const { field_spec: spec } = payload
  const refused = [
    ...(spec.type === 'm2m'
      ? [{ path: 'field_spec.type', message: 'is a table: create it with change_model' }]
      : []),
    ...(spec.on_delete !== undefined && spec.type !== 'fk'
      ? [{ path: 'field_spec.on_delete', message: `a field of the type ${spec.type} has none` }]
      : []),
  ]
  if (refused.length > 0) return { faults: refused }
  const { schema, table, app } = found
  const field: FieldSpec = {
    name: payload.field,
    type: spec.type,
    required: !spec.nullable,
    unique: spec.unique ?? false,
    max_length: spec.max_length ?? null,
    default: spec.default ?? null,
    fk_model: spec.fk_model ?? null,
    help_text: null,
  }
  const made = toFieldChanges(field, table, world)
  if ('faults' in made) return made
  const changes = made.changes.map((change) => ({
    ...change,
    schema,
    ...(change.op === 'add_foreign_key' && spec.on_delete ? { on_delete: spec.on_delete } : {}),
  })) as ModelChange[]
  return { app, changes, notes: [], ...toSubject(payload) }
}

/** Makes the changes for a field as a part of a model that has no other, so that both forms read fields in one way. */
function toFieldChanges(
  field: FieldSpec,
  table: string,
  { tables, apps }: ModelWorld,
): { readonly changes: readonly ModelChange[] } | { readonly faults: readonly SchemaFault[] } {
  const rest = { ai_exposed: true, add_admin: false, add_viewset: false, add_serializer: false }
  const model_spec = {
    ...rest,
    app_label: apps[0] ?? 'app',
    name: '', // the name of no model, so that a field may refer to its own
    table_name: table,
    fields: [field],
    metadata: {},
  }
  const request = { target: 'model', model_spec, app_name: null, extra_options: {} } as const
  const made = attempt(() => fromSpec(request, apps, (name) => tables.findTable(name)))
  if ('faults' in made) {
    return {
      faults: made.faults.map(({ path, message }) => ({
        path: path.replace('model_spec.fields.0', 'field_spec'),
        message,
      })),
    }
  }
  const [create, ...after] = made.value.changes
  const column = create?.op === 'create_table' ? create.columns.at(-1) : undefined
  if (!column) return { faults: [{ path: 'field_spec', message: 'is no column' }] }
  return { changes: [{ op: 'add_column', table, column }, ...after] }
}

/** Turns what changes of a field into a change of its column. */
export function toChangedField(payload: PayloadOf<'update_field'>, world: ModelWorld): ModelStep {
  const found = findModel(payload, world)
  if ('faults' in found) return found
  const { type, nullable, max_length, default: value, ...others } = payload.field_spec
  const refused = Object.keys(others).filter((name) => name !== 'help_text')
  const faults = refused.map((name) => ({
    path: `field_spec.${name}`,
    message: 'cannot be changed like this: use change_model',
  }))
  if (type === 'fk' || type === 'm2m') {
    faults.push({ path: 'field_spec.type', message: 'cannot be changed to a relation' })
  }
  if (type === undefined && max_length != null) {
    faults.push({ path: 'field_spec.type', message: 'is needed with max_length' })
  }
  if (type === undefined && nullable === undefined && value === undefined) {
    faults.push({ path: 'field_spec', message: 'changes nothing: give type, nullable or default' })
  }
  if (faults.length > 0) return { faults }
  const { schema, table, app } = found
  const made = toFieldChanges(
    {
      name: payload.field,
      type: type ?? (typeof value === 'string' ? 'text' : 'json'),
      required: true,
      unique: false,
      max_length: max_length ?? null,
      default: value ?? null,
      fk_model: null,
      help_text: null,
    },
    table,
    world,
  )
  if ('faults' in made) return made
  const [add] = made.changes
  const column = add?.op === 'add_column' ? add.column : undefined
  const change = {
    op: 'alter_column',
    schema,
    table,
    column: columnOf(found, payload.field),
    ...(type === undefined ? {} : { type: column?.type ?? '' }),
    ...(nullable === undefined ? {} : { nullable }),
    ...(value === undefined ? {} : { default: column?.default ?? null }),
  } as const
  return { app, changes: [change], notes: [], ...toSubject(payload) }
}

/** Turns a field that goes into the drop of its column. */
export function toDroppedField(payload: PayloadOf<'delete_field'>, world: ModelWorld): ModelStep {
  const found = findModel(payload, world)
  if ('faults' in found) return found
  const { schema, table, app } = found
  const column = columnOf(found, payload.field)
  const notes = [`The values of ${table}.${column} are lost`]
  const change = { op: 'drop_column', schema, table, column } as const
  return { app, changes: [change], notes, ...toSubject(payload) }
}

function findModel(
  { model, app_label }: { readonly model: string; readonly app_label?: string | undefined },
  { tables, apps }: ModelWorld,
): KnownModel | { readonly faults: readonly SchemaFault[] } {
  const name = app_label === undefined || model.includes('.') ? model : `${app_label}.${model}`
  const found = tables.findModel(name)
  if (!found || !tables.findTable(name)) {
    return {
      faults: [{ path: 'model', message: `${name.slice(0, 200)} is no model with a table` }],
    }
  }
  if (apps.includes(found.app)) return found
  return { faults: [{ path: 'model', message: `the app ${found.app} has no migrations` }] }
}

function columnOf({ columns }: KnownModel, field: string): string {
  return columns.get(field) ?? field
}

function toSubject({ model, field }: { readonly model: string; readonly field: string }) {
  const toPath = (path: string) => (path.endsWith('.table') ? 'model' : 'field')
  return { subject: { model, field }, created: null, toPath }
}

/** Returns the faults of a `bad_request` as values. */
function attempt<T>(
  task: () => T,
): { readonly value: T } | { readonly faults: readonly SchemaFault[] } {
  try {
    return { value: task() }
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'bad_request') throw error
    const faults = Array.isArray(error.details) ? error.details.filter(isRecord) : []
    return faults.length > 0
      ? { faults: faults as unknown as SchemaFault[] }
      : { faults: [{ path: '', message: error.message }] }
  }
}
