import type { Route } from '../http/route.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, OpenDatabase } from '../project/database.ts'
import type { Project } from '../project/project.ts'
import { type Capability, resolveCapabilities, resolveEndpoints } from './capability.ts'
import { contextFullRoute } from './context-full.ts'
import { contextPartRoutes } from './context-routes.ts'
import { contextSummaryRoute } from './context-summary.ts'
import { handshakeRoute } from './handshake.ts'
import { healthRoute } from './health.ts'
import { migrationsRoute } from './migrations.ts'
import { migrationsSummaryRoute } from './migrations-summary.ts'
import { queryExecuteRoute } from './query-execute.ts'
import { queryModelsRoute } from './query-models.ts'
import { queryPlanSchemaRoute } from './query-plan-schema.ts'
import { createReader, type Reader } from './reader.ts'
import { schemaHandshakeRoute } from './schema-handshake.ts'
import { schemaRoutes } from './schema-health.ts'
import { toolRoutes } from './tools/routes.ts'

/** What the introspection module is made from: resolved options, and the routes served beside its own. */
export interface IntrospectionOptions {
  readonly project: Project
  readonly database: Database | OpenDatabase | null
  readonly clock: Clock
  readonly environment: string
  readonly debug: boolean
  /** False leaves the routes that are for AI clients alone out. */
  readonly ai: boolean
  readonly allow: readonly Capability[]
  readonly basePath: string
  readonly pingTimeoutMs: number
  readonly snapshotMaxAgeMs: number
  readonly onError: (error: unknown, request: Request) => void
  readonly agentRoutes: readonly Route[]
}

/** What the routes of this module share. */
export interface Introspection extends IntrospectionOptions {
  readonly read: Reader
  readonly offer: () => Offer
  /** The routes of this module. */
  readonly routes: () => readonly Route[]
}

/** What this deployment serves. */
export interface Offer {
  readonly capabilities: readonly Capability[]
  /** Paths by name. */
  readonly endpoints: Readonly<Record<string, string>>
}

/** Builds the introspection module: its routes, in documentation order, and the capabilities the router enforces. */
export function createIntrospection(options: IntrospectionOptions): {
  readonly routes: readonly Route[]
  readonly capabilities: readonly Capability[]
} {
  const { basePath, agentRoutes, ai } = options
  const routes: Route[] = []
  const offer = () => resolveOffer(routes, options)
  const ownRoutes = () =>
    [...routes, ...agentRoutes].map(({ method, path }) => ({ method, path: basePath + path }))
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
  const { project, allow, database, basePath, ai } = options
  const capabilities = resolveCapabilities(routes, {
    allow,
    hasDatabase: database !== null,
    writesByTools: ai && project.app !== null && project.resources.length > 0,
  })
  return { capabilities, endpoints: resolveEndpoints(routes, capabilities, basePath) }
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
