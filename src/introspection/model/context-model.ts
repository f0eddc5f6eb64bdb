import { compareText } from '../../lib/text.ts'
import { append } from '../../lib/groups.ts'
import type { Field, Relation } from '../../project/model.ts'
import type { AppModel } from './snapshot.ts'

/** Shows a model in full: its fields, its relations, and the relations of other models that lead to it. */
export function toContextModel(model: AppModel, all: readonly AppModel[]) {
  const foreignKeys = new Map(
    model.relations
      .filter(({ type }) => type === 'foreign_key')
      .flatMap((relation) => relation.fields.map((name) => [name, relation] as const)),
  )
  const forward = model.relations.map((relation) => toContextRelation(model.name, relation))
  const reverse = findReverseRelations(all).get(model.name) ?? []
  return {
    name: model.name,
    table_name: model.table,
    app_label: model.app,
    ai_name: null,
    ai_description: model.description ?? '',
    ai_agent_exposed: true,
    ai_permissions: ['read'],
    fields: model.fields
      .filter(({ sensitive }) => !sensitive)
      .map((field) => toContextField(field, foreignKeys.get(field.name))),
    primary_key_field:
      model.fields.find(({ primaryKey, sensitive }) => primaryKey && !sensitive)?.name ?? null,
    relations: [...forward, ...reverse].sort((a, b) => compareText(toSortKey(a), toSortKey(b))),
  }
}

function toContextField(field: Field, foreignKey: Relation | undefined) {
  return {
    name: field.name,
    db_column: field.column,
    field_type: field.type,
    python_type: field.tsType,
    nullable: field.nullable,
    primary_key: field.primaryKey,
    unique: field.unique,
    indexed: field.indexed,
    default: field.default,
    max_length: field.maxLength,
    ai_description: field.description,
    ai_sensitive: false,
    ai_agent_writable: false,
    fk_to_model: foreignKey?.to ?? null,
    fk_on_delete: foreignKey?.onDelete ?? null,
    m2m_to_model: null,
    m2m_through_model: null,
  }
}

function toContextRelation(from: string, relation: Relation) {
  return {
    name: relation.name,
    relation_type: relation.type as string,
    from_model: from,
    to_model: relation.to,
    through_model: relation.through,
    on_delete: relation.onDelete,
    nullable: relation.nullable,
  }
}

type ContextRelation = ReturnType<typeof toContextRelation>

function toSortKey({ relation_type, name, from_model }: ContextRelation): string {
  return JSON.stringify([relation_type, name, from_model])
}

const reverseRelations = new WeakMap<readonly AppModel[], Map<string, ContextRelation[]>>()

/** Returns the relations that lead to each model, by its name. Cached per list of models. */
function findReverseRelations(all: readonly AppModel[]): ReadonlyMap<string, ContextRelation[]> {
  const known = reverseRelations.get(all)
  if (known) return known
  const found = new Map<string, ContextRelation[]>()
  for (const { name, relations } of all) {
    for (const relation of relations.filter(({ type }) => type === 'foreign_key')) {
      append(found, relation.to, toReverseRelation(name, relation))
    }
  }
  reverseRelations.set(all, found)
  return found
}

function toReverseRelation(from: string, relation: Relation): ContextRelation {
  return {
    ...toContextRelation(from, relation),
    relation_type: 'reverse_fk',
    from_model: relation.to,
    to_model: from,
  }
}
