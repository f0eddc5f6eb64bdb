import { checksum } from '../lib/checksum.ts'
import { isoTime } from '../lib/clock.ts'
import { toContextModel, toContextRoute, toContextViewset } from './context-parts.ts'
import type { Introspection } from './introspection.ts'
import type { Reading } from './reader.ts'
import type { Snapshot } from './snapshot.ts'
import { toToolSummary } from './tools/wire.ts'
import { protocolLevel } from './wire.ts'

/** Puts the whole document together. Loaded when it is first asked for: a core entry stays small that way. */
export async function readFullContext(
  introspection: Introspection,
  reading: Reading,
): Promise<object> {
  const content = toContent(introspection, reading, await reading.snapshot())
  const { framework, framework_version, context_version, ...rest } = content
  return {
    framework,
    framework_version,
    context_version,
    generated_at: isoTime(introspection.clock.now()),
    checksum: await checksum(content),
    ...rest,
  }
}

/** What the checksum covers: all but the time. What this deployment cannot know is null, what it has not is empty. */
function toContent(introspection: Introspection, { database }: Reading, snapshot: Snapshot) {
  const { project } = introspection
  const models = snapshot.models.map((model) => toContextModel(model, snapshot.models))
  const viewsets = project.resources
    .map((resource) => toContextViewset(resource, snapshot.routes))
    .sort((a, b) => (a.prefix < b.prefix ? -1 : 1))
  const routes = snapshot.routes.map((route) => toContextRoute(route, project.resources))
  const migrations = snapshot.migrations.migrations.map(toContextMigration)
  return {
    framework: 'aksara',
    framework_version: protocolLevel,
    context_version: '1.0.0',
    models,
    model_count: models.length,
    viewsets,
    viewset_count: viewsets.length,
    routes,
    route_count: routes.length,
    migrations,
    migration_count: migrations.length,
    pending_migrations: snapshot.migrations.pending,
    admin: { site_name: 'admin', enabled: false, registered_models: [], total_models: 0 },
    settings: toContextSettings(introspection, database?.pool().size ?? null),
    middleware: [],
    middleware_count: 0,
    ai_tools: snapshot.tools.map(toToolSummary),
    ai_tool_count: snapshot.tools.length,
    ai_schemas: [],
    ai_hints: [],
    ai_hint_count: 0,
    ai_hub_summary: null,
  }
}

function toContextMigration(migration: Snapshot['migrations']['migrations'][number]) {
  return {
    name: migration.name,
    app_label: migration.app,
    dependencies: migration.dependencies.map(({ app, name }) => `${app}.${name}`),
    operations_count: null,
    operations_summary: [],
    applied: migration.applied,
    checksum: migration.checksum?.slice(0, 16) ?? null,
  }
}

function toContextSettings({ project, debug, offer }: Introspection, poolMax: number | null) {
  const labels = project.apps.map(({ label }) => label)
  const { capabilities, endpoints } = offer()
  return {
    app_title: project.name,
    app_version: project.version,
    debug,
    database_configured: poolMax !== null,
    pool_min_size: null,
    pool_max_size: poolMax,
    ai_enabled: capabilities.includes('ai_tools'),
    mcp_enabled: 'mcp' in endpoints,
    ai_debug_enabled: null,
    installed_apps: labels,
    apps: labels,
    log_level: null,
    log_requests: null,
    log_json: null,
    migrations_dir: null,
  }
}
