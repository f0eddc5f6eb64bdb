import { append } from '../../lib/groups.ts'
import type { Field, Relation } from '../../project/model.ts'
import type { Resource } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { AppModel } from './snapshot.ts'

/** Shows a model with its fields and relations, those that lead to it included (contract introspection.md 4.1). */
export function toContextModel(model: AppModel, all: readonly AppModel[]) {
  const foreignKeys = new Map(
    model.relations
      .filter(({ type }) => type === 'foreign_key')
      .flatMap((relation) => relation.fields.map((name) => [name, relation] as const)),
  )
  const own = model.relations.map((relation) => toContextRelation(model.name, relation))
  const reverse = findReverse(all).get(model.name) ?? []
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
    relations: [...own, ...reverse].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
  }
}

function key({ relation_type, name, from_model }: ReturnType<typeof toContextRelation>): string {
  return JSON.stringify([relation_type, name, from_model])
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

const reverseRelations = new WeakMap<readonly AppModel[], Map<string, ContextRelation[]>>()

/** Relations that lead to each model, by its name; found once for a list of models. */
function findReverse(all: readonly AppModel[]): ReadonlyMap<string, ContextRelation[]> {
  const known = reverseRelations.get(all)
  if (known) return known
  const found = new Map<string, ContextRelation[]>()
  for (const { name, relations } of all) {
    for (const relation of relations.filter(({ type }) => type === 'foreign_key')) {
      append(found, relation.to, toReverseRelation(name, relation.to, relation))
    }
  }
  reverseRelations.set(all, found)
  return found
}

function toReverseRelation(from: string, to: string, relation: Relation) {
  return {
    ...toContextRelation(from, relation),
    relation_type: 'reverse_fk',
    from_model: to,
    to_model: from,
  }
}

/** A path and every path above it: `/a/b` → `/a/b`, `/a`, ``. */
function toAncestors(path: string): string[] {
  const ends = [...path.matchAll(/\//g)].map(({ index }) => index)
  return [path, ...ends.reverse().map((end) => path.slice(0, end))]
}

const belowPrefixes = new WeakMap<readonly ProjectRoute[], Map<string, ProjectRoute[]>>()

/** The routes at and below each prefix; found once for a list of routes. */
function findBelow(routes: readonly ProjectRoute[]): ReadonlyMap<string, ProjectRoute[]> {
  const known = belowPrefixes.get(routes)
  if (known) return known
  const found = new Map<string, ProjectRoute[]>()
  for (const route of routes) {
    for (const prefix of toAncestors(route.path)) append(found, prefix, route)
  }
  belowPrefixes.set(routes, found)
  return found
}

const owners = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>()

/** The resource with the longest prefix that a path is at or below. */
function findOwner(resources: readonly Resource[], path: string): Resource | undefined {
  const known =
    owners.get(resources) ?? new Map(resources.map((resource) => [resource.prefix, resource]))
  owners.set(resources, known)
  for (const prefix of toAncestors(path)) {
    const owner = known.get(prefix)
    if (owner) return owner
  }
  return undefined
}

/** Shows a resource; what it supports is read off the declared routes, null where the project declares none for it. */
export function toContextViewset({ model, prefix }: Resource, routes: readonly ProjectRoute[]) {
  const below = findBelow(routes).get(prefix) ?? []
  const supports = (item: boolean, ...methods: string[]) =>
    below.length === 0
      ? null
      : below.some(
          ({ method, path }) =>
            methods.includes(method) && item === /^\/[:{][^/]+$/.test(path.slice(prefix.length)),
        )
  return {
    name: `${model}ViewSet`,
    model_name: model,
    prefix,
    tags: [],
    default_limit: null,
    max_limit: null,
    permission_classes: [],
    ai_exposed: true,
    supports_list: supports(false, 'GET', 'ALL'),
    supports_retrieve: supports(true, 'GET', 'ALL'),
    supports_create: supports(false, 'POST', 'ALL'),
    supports_update: supports(true, 'PATCH', 'PUT', 'ALL'),
    supports_delete: supports(true, 'DELETE', 'ALL'),
    actions: [],
    list_serializer: null,
    retrieve_serializer: null,
    create_serializer: null,
    update_serializer: null,
  }
}

/** Shows a route and what it belongs to. */
export function toContextRoute({ method, path }: ProjectRoute, resources: readonly Resource[]) {
  const owner = findOwner(resources, path)
  const ai = path === '/ai' || path.startsWith('/ai/')
  return {
    path,
    methods: [method],
    name: null,
    summary: null,
    description: null,
    tags: [],
    deprecated: false,
    source_type: owner ? 'viewset' : ai ? 'ai' : 'manual',
    viewset_name: owner ? `${owner.model}ViewSet` : null,
  }
}
