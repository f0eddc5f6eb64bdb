import type { Resource } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { Detail } from '../model/detail-levels.ts'
import { placeRoute, type RoutePlaces } from '../model/route-place.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { type StudioTool, toTags } from '../model/tool.ts'
import type { ContextItems, ContextViewset } from './item-answers.ts'
import { findResource, groupByPrefix } from '../model/prefixes.ts'

/** Shows a resource in full. What it supports follows from the declared routes; null if the project declares none for it. */
export function toViewset(resource: Resource, routes: readonly ProjectRoute[]): ContextViewset {
  const { model, prefix } = resource
  const below = groupByPrefix(routes).get(prefix) ?? []
  const supports = (isItem: boolean, ...methods: string[]) =>
    below.length === 0
      ? null
      : below.some(
          ({ method, path }) =>
            methods.includes(method) && isItem === /^\/[:{][^/]+$/.test(path.slice(prefix.length)),
        )
  return {
    name: toViewsetName(resource),
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

/** Returns the name under which the wire shows a resource. */
export function toViewsetName({ model }: Resource): string {
  return `${model}ViewSet`
}

/** Shows a resource at a level of detail. */
export function toViewsetAt(detail: Detail, viewset: ContextViewset): ContextItems['viewsets'] {
  const { name, model_name, prefix } = viewset
  return detail === 'full' ? viewset : { name, model_name, prefix }
}

/** Shows a route at a level of detail; in full with the resource it belongs to. */
export function toRouteAt(
  detail: Detail,
  { method, path, name, summary, description, tags, deprecated }: ProjectRoute,
  resources: readonly Resource[],
  places: RoutePlaces,
): ContextItems['routes'] {
  if (detail !== 'full') return { path, methods: [method] }
  const resource = findResource(resources, path)
  const { isAi, isAdmin } = placeRoute(path, places)
  return {
    path,
    methods: [method],
    name: name ?? null,
    summary: summary ?? null,
    description: description ?? null,
    tags: [...(tags ?? [])],
    deprecated: deprecated ?? false,
    source_type: resource ? 'viewset' : isAdmin ? 'admin' : isAi ? 'ai' : 'manual',
    viewset_name: resource ? toViewsetName(resource) : null,
  }
}

/** Shows a tool at a level of detail, without its schemas. */
export function toToolAt(detail: Detail, tool: StudioTool): ContextItems['ai_tools'] {
  const { name, description } = tool
  if (detail === 'names') return { name }
  if (detail === 'summary') return { name, description }
  return {
    name,
    description,
    kind: tool.kind,
    http_method: tool.method,
    endpoint: tool.path,
    requires_auth: tool.requiresAuth,
    requires_admin: tool.requiresAdmin,
    ai_tags: toTags(tool),
  }
}

/** Shows a migration at a level of detail. */
export function toMigrationAt(
  detail: Detail,
  migration: Snapshot['migrations']['migrations'][number],
): ContextItems['migrations'] {
  const { name, app, dependencies, applied, checksum } = migration
  if (detail !== 'full') return { name, app_label: app, applied }
  return {
    name,
    app_label: app,
    dependencies: dependencies.map((key) => `${key.app}.${key.name}`),
    operations_count: null,
    operations_summary: [],
    applied,
    checksum: checksum?.slice(0, 16) ?? null,
  }
}
