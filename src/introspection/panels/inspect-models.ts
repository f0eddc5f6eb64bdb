import { StudioError } from '../../errors.ts'
import type { Field, Relation } from '../../project/model.ts'
import { findRelation, toDatabaseDetails } from '../context/database.ts'
import { findModelByName } from '../context/part.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import { toCreateTable } from './create-table.ts'
import type {
  InspectedConstraint,
  InspectedField,
  InspectedModel,
  InspectedModels,
  InspectedRelationship,
} from './panels-answers.ts'

const inspected = new WeakMap<Snapshot, InspectedModels>()

/** Answers `GET /studio/models/inspect/all`. Cached per snapshot, because it grows with the schema. */
export function inspectModels(snapshot: Snapshot): InspectedModels {
  const known = inspected.get(snapshot)
  if (known) return known
  const models = snapshot.models.map((model) => inspect(model, snapshot))
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
  const answer = {
    models,
    total_count: models.length,
    total_fields: sum(models.map(({ num_fields }) => num_fields)),
    total_relationships: sum(models.map(({ num_relationships }) => num_relationships)),
  }
  inspected.set(snapshot, answer)
  return answer
}

/**
 * Answers `GET /studio/models/inspect/:model`.
 *
 * @throws StudioError `not_found` for a model that does not exist or is hidden; `unavailable` while models are unknown.
 */
export function inspectModel(snapshot: Snapshot, name: string): InspectedModel {
  const model = findModelByName(snapshot, name)
  if (!model) throw new StudioError('not_found', `Model not found: ${name.slice(0, 64)}`)
  return inspect(model, snapshot)
}

function inspect(model: AppModel, snapshot: Snapshot): InspectedModel {
  const { catalog, models } = snapshot
  const visible = model.fields.filter(({ sensitive }) => !sensitive)
  const choices = readChoices(model, snapshot)
  const related = new Set(model.relations.flatMap(({ fields }) => fields))
  const key = visible.find(({ primaryKey }) => primaryKey)
  const relationships = model.relations.map((relation) => toRelationship(relation, models))
  const names = new Set(visible.map(({ column }) => column.toLowerCase().replaceAll('_', '')))
  const hasTimestamps = names.has('createdat') && names.has('updatedat')
  return {
    name: model.name,
    table_name: model.table,
    app_label: model.app,
    num_fields: visible.length,
    num_relationships: relationships.length,
    has_timestamps: hasTimestamps,
    pk_field: key?.name ?? null,
    pk_type: key?.type ?? null,
    fields: visible.map((field) => toField(field, related, choices)),
    relationships,
    constraints: toConstraints(model, snapshot),
    ai_description: model.description ?? '',
    ai_agent_exposed: true,
    create_table_sql: catalog ? toCreateTable(catalog, model) : '',
    comments: toComments(model, relationships, hasTimestamps),
  }
}

type Choices = ReadonlyMap<string, string[]>

function toField(field: Field, related: ReadonlySet<string>, choices: Choices): InspectedField {
  return {
    name: field.name,
    column_name: field.column,
    field_type: field.type,
    python_type: field.tsType,
    nullable: field.nullable,
    primary_key: field.primaryKey,
    unique: field.unique,
    has_default: field.default !== null,
    default_repr: field.default,
    max_length: field.maxLength,
    choices: choices.get(field.column) ?? null,
    is_relation: related.has(field.name),
    ai_description: field.description ?? '',
    ai_sensitive: false,
    auto_generated: field.generated ? `generated ${field.generated}` : '',
  }
}

/** Returns the labels of the enums of a model's columns, by column. */
function readChoices(model: AppModel, { catalog }: Snapshot): Choices {
  const relation = catalog && findRelation(catalog, model)
  return new Map(
    relation?.columns.flatMap(({ name, enum: type }) => {
      const found = catalog?.enums.find(
        ({ schema, name: label }) => schema === type?.schema && label === type.name,
      )
      return found ? [[name, [...found.labels]] as const] : []
    }),
  )
}

function toRelationship(relation: Relation, models: readonly AppModel[]): InspectedRelationship {
  const { name, type, to, through, fields, unique } = relation
  const tableOf = (asked: string | null) =>
    asked === null ? null : (models.find((model) => model.name === asked)?.table ?? null)
  return {
    field_name: fields.join(', ') || name,
    kind: type === 'many_to_many' ? 'm2m' : unique ? 'o2o' : 'fk',
    target_model: to,
    target_table: tableOf(to),
    on_delete: relation.onDelete,
    through_table: tableOf(through),
    related_name: null,
    nullable: relation.nullable,
  }
}

/** Lists the constraints of the table or, if that is not known, those that the fields imply. */
function toConstraints(model: AppModel, { catalog }: Snapshot): InspectedConstraint[] {
  const details = toDatabaseDetails(catalog, model)
  const on = (what: string, columns: readonly string[]) => `${what} (${columns.join(', ')})`
  if (!details) return model.fields.filter(({ sensitive }) => !sensitive).flatMap(toImplied)
  const { keys, indexes, checks } = details
  const named = new Set(keys.map(({ name }) => name))
  return [
    ...keys.map(({ name, kind, columns }) => ({
      kind: kind === 'primary' ? ('primary_key' as const) : ('unique' as const),
      columns,
      name,
      description: on(kind === 'primary' ? 'primary key' : 'unique', columns),
    })),
    ...indexes
      .filter(({ name }) => !named.has(name))
      .map(({ name, columns, unique, method, predicate }) => ({
        kind: 'index' as const,
        columns,
        name,
        description: `${on(`${unique ? 'unique ' : ''}${method} index`, columns)}${predicate ? ` where ${predicate}` : ''}`,
      })),
    ...checks.map(({ name, definition }) => ({
      kind: 'check' as const,
      columns: [],
      name,
      description: definition,
    })),
  ]
}

function toImplied({ column, primaryKey, unique, indexed }: Field): InspectedConstraint[] {
  const kind = primaryKey ? 'primary_key' : unique ? 'unique' : indexed ? 'index' : null
  if (kind === null) return []
  return [
    { kind, columns: [column], name: null, description: `${kind.replace('_', ' ')} (${column})` },
  ]
}

function toComments(
  { fields }: AppModel,
  relationships: readonly InspectedRelationship[],
  hasTimestamps: boolean,
): string[] {
  const many = relationships.filter(({ kind }) => kind === 'm2m').length
  return [
    ...(fields.length === 0 ? ['No fields'] : []),
    ...(fields.some(({ primaryKey }) => primaryKey) ? [] : ['No primary key']),
    ...(hasTimestamps ? ['Timestamps of creation and update'] : []),
    ...(relationships.length > 0
      ? [`Relations: ${relationships.length - many} foreign keys, ${many} many-to-many`]
      : []),
    ...(fields.some(({ sensitive }) => sensitive)
      ? ['Has sensitive fields, which are left out']
      : []),
  ]
}
