import { badRequest } from '../../errors.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { CatalogTable } from '../../project/catalog/catalog.ts'
import type { ModelChange, NewColumn } from '../schema/model-change.ts'
import type { FieldSpec, ModelSpec, SpecRequest } from './parse-request.ts'
import { checkField, columnTypes, key, keyTypeOf, toColumn } from './spec-columns.ts'

/** A request of the protocol as changes of the model. */
export interface SpecChanges {
  readonly app: string
  readonly changes: readonly ModelChange[]
  readonly notes: readonly string[]
  /** Returns where in the request the cause of a fault is, by its path such as `changes.0.columns.1.type`. */
  readonly toPath: (path: string) => string
}

/** Returns the table of a visible model by the name of the model, or undefined. */
export type FindModelTable = (model: string) => CatalogTable | undefined

/** A table that a field refers to, by the column that is its key. */
interface Target {
  readonly schema: string
  readonly table: string
  readonly column: string
  readonly type: string
}

/** A change, with the part of the request that it was made from. */
interface Made {
  readonly change: ModelChange
  readonly from: string
}

/**
 * Turns a new model of the protocol into changes: a table with the key `id`, a `uuid` unless a field of this name is given, and
 * a table for each many-to-many field.
 *
 * @throws StudioError `bad_request` that names every field at fault, or says that the target is Python.
 */
export function fromSpec(
  request: SpecRequest,
  apps: readonly string[],
  findTable: FindModelTable,
): SpecChanges {
  const { target, model_spec: spec } = request
  if (target !== 'model' && target !== 'migration') {
    throw badRequest(
      `The target ${target} is a class of Python, which this project has not: ask for "model" or "migration"`,
      [{ path: 'target', message: 'is a class of Python' }],
    )
  }
  if (!spec) {
    throw badRequest(`The target ${target} needs model_spec`, [
      { path: 'model_spec', message: 'is missing' },
    ])
  }
  const faults: SchemaFault[] = []
  const app = findApp(spec.app_label, apps)
  if (app === null) {
    faults.push({
      path: 'model_spec.app_label',
      message: `is none of the apps with migrations: ${apps.join(', ') || 'there are none'}`,
    })
  }
  const table = spec.table_name ?? `${app ?? spec.app_label}_${spec.name}`.toLowerCase()
  const made = toChanges(spec, table, { findTable, faults })
  if (faults.length > 0 || app === null) throw badRequest('Invalid codegen request', faults)
  return {
    app,
    changes: made.map(({ change }) => change),
    notes: toNotes(request, spec),
    toPath: toPathOf(spec, made),
  }
}

/** The default label `app` of the protocol stands for the only app that has migrations. */
function findApp(label: string, apps: readonly string[]): string | null {
  if (apps.includes(label)) return label
  const [only, second] = apps
  return label === 'app' && second === undefined ? (only ?? null) : null
}

interface Work {
  readonly findTable: FindModelTable
  readonly faults: SchemaFault[]
}

function toChanges(spec: ModelSpec, table: string, work: Work): Made[] {
  const columns: NewColumn[] = spec.fields.some(({ name }) => name === key.name)
    ? []
    : [{ ...key, nullable: false, default: { kind: 'function', name: 'gen_random_uuid()' } }]
  const after: Made[] = []
  for (const [index, field] of spec.fields.entries()) {
    const from = `model_spec.fields.${index}`
    checkField(field, from, work.faults)
    if (field.type !== 'fk' && field.type !== 'm2m') {
      columns.push(toColumn(field, columnTypes[field.type](field), { from, faults: work.faults }))
    } else {
      const target = findTarget(field, { spec, table, from }, work)
      if (!target) continue
      if (field.type === 'm2m') after.push(...toJunction(field, { spec, table, target, from }))
      else {
        const name = field.name.endsWith('_id') ? field.name : `${field.name}_id`
        const column = toColumn({ ...field, name }, target.type, { from, faults: work.faults })
        columns.push(column)
        after.push(...toReference(table, { column: name, target, from }))
        if (!field.unique) after.push({ from, change: toIndex(table, name) })
      }
    }
    if (field.unique && field.type !== 'm2m') {
      const name = columns.at(-1)?.name ?? field.name
      after.push({ from, change: { op: 'add_unique', table, columns: [name] } })
    }
  }
  const create: ModelChange = { op: 'create_table', table, columns, primary_key: [key.name] }
  return [{ from: 'model_spec', change: create }, ...after]
}

interface Place {
  readonly spec: ModelSpec
  readonly table: string
  readonly from: string
}

function findTarget(field: FieldSpec, { spec, table, from }: Place, work: Work): Target | null {
  const { fk_model: model } = field
  if (model === null) return null
  if (model === spec.name) {
    return { schema: 'public', table, column: key.name, type: keyTypeOf(spec) }
  }
  const found = work.findTable(model)
  const [column, second] = found?.primaryKey?.columns ?? []
  const type = found?.columns.find(({ name }) => name === column)?.type
  if (found && column !== undefined && second === undefined && type !== undefined) {
    return { schema: found.schema, table: found.name, column, type }
  }
  const message = found ? 'has no primary key of one column' : 'is no model with a table'
  work.faults.push({ path: `${from}.fk_model`, message })
  return null
}

function toReference(
  table: string,
  { column, target, from }: { column: string; target: Target; from: string },
): Made[] {
  const { schema, table: referenced } = target
  const change: ModelChange = {
    op: 'add_foreign_key',
    table,
    columns: [column],
    target: { schema, table: referenced, columns: [target.column] },
    on_delete: 'CASCADE',
  }
  return [{ from, change }]
}

function toIndex(table: string, column: string): ModelChange {
  return { op: 'add_index', table, columns: [column] }
}

/** The table between two models: the keys of both are its key. */
function toJunction(
  field: FieldSpec,
  { spec, table, target, from }: Place & { readonly target: Target },
): Made[] {
  const junction = `${table}_${field.name}`
  const isSelf = target.table === table
  const own = isSelf ? `from_${spec.name.toLowerCase()}_id` : `${spec.name.toLowerCase()}_id`
  const model = (field.fk_model ?? '').split('.').at(-1) ?? ''
  const other = isSelf ? `to_${model.toLowerCase()}_id` : `${model.toLowerCase()}_id`
  const ownKey = { schema: 'public', table, column: key.name, type: keyTypeOf(spec) }
  const columns = [
    { name: own, type: ownKey.type, nullable: false },
    { name: other, type: target.type, nullable: false },
  ]
  const primary_key = [own, other]
  return [
    { from, change: { op: 'create_table', table: junction, columns, primary_key } },
    ...toReference(junction, { column: own, target: ownKey, from }),
    ...toReference(junction, { column: other, target, from }),
    { from, change: toIndex(junction, other) },
  ]
}

function toPathOf(spec: ModelSpec, made: readonly Made[]): (path: string) => string {
  const hasOwnKey = spec.fields.some(({ name }) => name === key.name)
  const ofColumns = spec.fields.flatMap(({ type }, index) => (type === 'm2m' ? [] : [index]))
  return (path) => {
    const [, change = '', rest = ''] = /^changes\.(\d+)\.?(.*)$/.exec(path) ?? []
    const from = made[Number(change)]?.from ?? 'model_spec'
    if (from !== 'model_spec') return from
    const [, column = '', part = ''] = /^columns\.(\d+)\.?(.*)$/.exec(rest) ?? []
    const field = column === '' ? undefined : ofColumns[Number(column) - (hasOwnKey ? 0 : 1)]
    if (field !== undefined) return `model_spec.fields.${field}${part === '' ? '' : `.${part}`}`
    return /^(?:table|primary_key)$/.test(rest) ? 'model_spec.table_name' : 'model_spec'
  }
}

function toNotes({ extra_options }: SpecRequest, spec: ModelSpec): string[] {
  const isUnused = Object.keys({ ...extra_options, ...spec.metadata }).length > 0
  return [
    'Viewsets, serializers and admin classes are Python and are not generated',
    ...(isUnused ? ['extra_options and metadata have no effect'] : []),
    ...(spec.fields.some(({ help_text }) => help_text !== null) ? ['help_text is not kept'] : []),
    'Apply the change set, then run the migration with the tool of the project',
  ]
}
