import { compareText } from '../../lib/text.ts'
import { append } from '../../lib/groups.ts'
import { uniqueName } from '../../lib/unique-name.ts'
import type { Field, Relation } from '../../project/model.ts'
import type { AppModel } from './snapshot.ts'

/** Shows a model in full: its fields, its relations, and the relations of other models that lead to it. */
export function toContextModel(model: AppModel, all: readonly AppModel[]) {
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
    relations: toNamedRelations(model, all).map(({ shown }) => shown),
  }
}

/** Returns the fields of each foreign key of a model, by the name that its relation has in `toContextModel`. */
export function toForeignKeys(model: AppModel, all: readonly AppModel[]) {
  return toNamedRelations(model, all).flatMap(({ shown, declared }) =>
    declared?.type === 'foreign_key'
      ? [{ relation: shown.name, fields: declared.fields, unique: declared.unique }]
      : [],
  )
}

/** A relation of a model, and what it was made of; null for a relation of another model that leads to it. */
interface NamedRelation {
  readonly shown: ContextRelation
  readonly declared: Relation | null
}

function toNamedRelations(model: AppModel, all: readonly AppModel[]): readonly NamedRelation[] {
  const forward = model.relations.map((declared) => ({
    shown: toContextRelation(model.name, declared),
    declared,
  }))
  const reverse = (findReverseRelations(all).get(model.name) ?? []).map((shown) => ({
    shown,
    declared: null,
  }))
  const relations = [...forward, ...reverse].sort((a, b) =>
    compareText(toSortKey(a.shown), toSortKey(b.shown)),
  )
  return nameUniquely(
    relations,
    model.fields.filter(({ sensitive }) => !sensitive),
  )
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

/**
 * Gives each relation a name that no field and no other relation of the model has. A name that is taken gets the target of
 * the relation as its ending, or the model between the two, and then a number.
 */
function nameUniquely(
  relations: readonly NamedRelation[],
  fields: readonly Field[],
): readonly NamedRelation[] {
  const taken = new Set(fields.map(({ name }) => name))
  const isTaken = (name: string) => taken.has(name)
  return relations.map(({ shown, declared }) => {
    const { name, to_model, through_model } = shown
    const fuller = `${name}_${toSnakeCase(through_model ?? to_model)}`
    const unique = taken.has(name) ? uniqueName(fuller, isTaken, { separator: '_' }) : name
    taken.add(unique)
    return { shown: { ...shown, name: unique }, declared }
  })
}

function toSnakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
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

/** A reverse relation is named after where it comes from: `post_by_author`, for the posts whose author is the item. */
function toReverseRelation(from: string, relation: Relation): ContextRelation {
  return {
    ...toContextRelation(from, relation),
    name: `${toSnakeCase(from)}_by_${relation.name}`,
    relation_type: 'reverse_fk',
    from_model: relation.to,
    to_model: from,
  }
}
