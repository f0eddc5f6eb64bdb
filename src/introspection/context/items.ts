import type { Resource } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { Detail } from '../model/detail.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { type StudioTool, toTags } from '../model/tool.ts'
import { findResource, groupByPrefix } from './prefixes.ts'

/** Shows a resource in full. What it supports follows from the declared routes; null if the project declares none for it. */
export function toViewset({ model, prefix }: Resource, routes: readonly ProjectRoute[]) {
  const below = groupByPrefix(routes).get(prefix) ?? []
  const supports = (isItem: boolean, ...methods: string[]) =>
    below.length === 0
      ? null
      : below.some(
          ({ method, path }) =>
            methods.includes(method) && isItem === /^\/[:{][^/]+$/.test(path.slice(prefix.length)),
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

/** Shows a resource at a level of detail. */
export function toViewsetAt(detail: Detail, viewset: ReturnType<typeof toViewset>): object {
  const { name, model_name, prefix } = viewset
  return detail === 'full' ? viewset : { name, model_name, prefix }
}

/** Shows a route at a level of detail; in full with the resource it belongs to. */
export function toRouteAt(
  detail: Detail,
  { method, path, name, summary, description, tags, deprecated }: ProjectRoute,
  resources: readonly Resource[],
): object {
  if (detail !== 'full') return { path, methods: [method] }
  const resource = findResource(resources, path)
  const isAi = path === '/ai' || path.startsWith('/ai/')
  return {
    path,
    methods: [method],
    name: name ?? null,
    summary: summary ?? null,
    description: description ?? null,
    tags: tags ?? [],
    deprecated: deprecated ?? false,
    source_type: resource ? 'viewset' : isAi ? 'ai' : 'manual',
    viewset_name: resource ? `${resource.model}ViewSet` : null,
  }
}

/** Shows a tool at a level of detail, without its schemas. */
export function toToolAt(detail: Detail, tool: StudioTool): object {
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
): object {
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
