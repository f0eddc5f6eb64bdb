import type { Field, Relation } from '../../project/model.ts'
import type { FullField, FullModel, FullRelation } from './model-answers.ts'
import { type NamedRelation, nameRelations } from './named-relations.ts'
import type { AppModel } from './snapshot.ts'

/** Shows a model in full: its fields, its relations, and the relations of other models that lead to it. */
export function toContextModel(model: AppModel, all: readonly AppModel[]): FullModel {
  const visible = model.fields.filter(({ sensitive }) => !sensitive)
  const foreignKeys = new Map(
    model.relations
      .filter(({ type }) => type === 'foreign_key')
      .flatMap((relation) => relation.fields.map((name) => [name, relation] as const)),
  )
  return {
    name: model.name,
    table_name: model.table,
    app_label: model.app,
    ai_name: null,
    ai_description: model.description ?? '',
    ai_agent_exposed: true,
    ai_permissions: ['read'],
    fields: visible.map((field) => toContextField(field, foreignKeys.get(field.name))),
    primary_key_field:
      model.fields.find(({ primaryKey, sensitive }) => primaryKey && !sensitive)?.name ?? null,
    relations: nameRelations(model, all).map(toContextRelation),
  }
}

/** Returns the fields of each foreign key of a model, by the name that its relation has in `toContextModel`. */
export function toForeignKeys(model: AppModel, all: readonly AppModel[]) {
  return nameRelations(model, all).flatMap(({ name, type, relation }) =>
    type === 'foreign_key'
      ? [{ relation: name, fields: [...relation.fields], unique: relation.unique }]
      : [],
  )
}

function toContextField(field: Field, foreignKey: Relation | undefined): FullField {
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

function toContextRelation({ name, type, relation, owner }: NamedRelation): FullRelation {
  const isReverse = type === 'reverse_fk'
  return {
    name,
    relation_type: type,
    from_model: isReverse ? relation.to : owner.name,
    to_model: isReverse ? owner.name : relation.to,
    through_model: relation.through,
    on_delete: relation.onDelete,
    nullable: relation.nullable,
  }
}
