import { type Introspection, type IntrospectionOptions, type Offer } from './module.ts'
import type { Route } from '../http/route.ts'
import type { Database } from '../project/database.ts'
import { type Capability, resolveCapabilities, resolveEndpoints } from './capabilities.ts'
import { contextFullRoute } from './context/full-route.ts'
import { contextPartRoutes } from './context/routes.ts'
import { contextSummaryRoute } from './studio/context-summary.ts'
import { handshakeRoute } from './studio/handshake.ts'
import { healthRoute } from './studio/health.ts'
import { migrationsRoute } from './studio/migrations.ts'
import { migrationsSummaryRoute } from './studio/migrations-summary.ts'
import { queryExecuteRoute } from './query/routes.ts'
import { queryModelsRoute } from './query/models-route.ts'
import { queryPlanSchemaRoute } from './query/plan-schema-route.ts'
import { createReader } from './snapshot/request-scope.ts'
import { schemaHandshakeRoute } from './studio/handshake-schema.ts'
import { schemaRoutes } from './schema/routes.ts'
import { toolRoutes } from './tools/routes.ts'

/** Builds the introspection module: its routes, in documentation order, and the capabilities the router enforces. */
export function createIntrospection(options: IntrospectionOptions): {
  readonly routes: readonly Route[]
  readonly capabilities: readonly Capability[]
} {
  const { publicPath, agentRoutes, ai } = options
  const routes: Route[] = []
  const offer = () => resolveOffer(routes, options)
  const ownRoutes = () =>
    [...routes, ...agentRoutes].map(({ method, path }) => ({ method, path: publicPath + path }))
  const settings = (database: Database | null) => toSettings(options, database)
  const read = createReader({ ...options, ownRoutes, settings, offer })
  const introspection = { ...options, read, offer, routes: () => routes }
  routes.push(
    handshakeRoute(introspection),
    contextSummaryRoute(introspection),
    healthRoute(introspection),
    migrationsSummaryRoute(introspection),
    migrationsRoute(introspection),
    schemaHandshakeRoute(),
    contextFullRoute(introspection),
    ...contextPartRoutes(introspection),
    ...schemaRoutes(introspection),
    ...(ai ? aiRoutes(introspection) : []),
  )
  return { routes, capabilities: offer().capabilities }
}

/** The routes that are for AI clients alone. */
function aiRoutes(introspection: Introspection): Route[] {
  return [
    queryExecuteRoute(introspection),
    queryModelsRoute(introspection),
    queryPlanSchemaRoute(),
    ...toolRoutes(introspection),
  ]
}

function resolveOffer(routes: readonly Route[], options: IntrospectionOptions): Offer {
  const { project, allow, database, publicPath, ai } = options
  const capabilities = resolveCapabilities(routes, {
    allow,
    hasDatabase: database !== null,
    writesByTools: ai && project.app !== null && project.resources.length > 0,
  })
  return { capabilities, endpoints: resolveEndpoints(routes, capabilities, publicPath) }
}

/** The settings whose changes clients notice (contract introspection.md 3): named one by one, so that none is secret. */
function toSettings(options: IntrospectionOptions, database: Database | null): object {
  const { project, environment, debug, allow } = options
  return {
    app_title: project.name,
    app_version: project.version,
    environment,
    debug,
    allow: [...allow].sort(),
    ai_enabled: options.ai,
    app_configured: project.app !== null,
    database_configured: database !== null,
    pool_max_size: database?.pool().size ?? null,
    installed_apps: project.apps.map(({ label }) => label),
    viewsets: project.resources,
    project: project.settings,
  }
}
