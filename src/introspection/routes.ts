import type { Route } from '../http/route.ts'
import type { Database } from '../project/database.ts'
import { type Capability, resolveCapabilities, resolveEndpoints } from './capabilities.ts'
import { contextRoutes } from './context/routes.ts'
import type { IntrospectionModule, IntrospectionOptions, Served } from './module.ts'
import { queryRoutes } from './query/routes.ts'
import { schemaRoutes } from './schema/routes.ts'
import { createWithRequestScope } from './snapshot/with-request-scope.ts'
import { studioRoutes } from './studio/routes.ts'
import { toolRoutes } from './tools/routes.ts'

/** Builds the introspection module: its routes, in documentation order, and the capabilities the router enforces. */
export function createIntrospection(options: IntrospectionOptions): {
  readonly routes: readonly Route[]
  readonly capabilities: readonly Capability[]
} {
  const { publicPath, agentRoutes, ai } = options
  const routes: Route[] = []
  const served = () => resolveServed(routes, options)
  const ownRoutes = () =>
    [...routes, ...agentRoutes].map(({ method, path, name, summary }) => ({
      method,
      path: publicPath + path,
      name,
      summary,
    }))
  const settings = (database: Database | null) => toSettings(options, database)
  const withScope = createWithRequestScope({ ...options, ownRoutes, settings, served })
  const introspection: IntrospectionModule = { ...options, withScope, served, routes: () => routes }
  routes.push(
    ...studioRoutes(introspection),
    ...contextRoutes(introspection),
    ...schemaRoutes(introspection),
    ...(ai ? [...queryRoutes(introspection), ...toolRoutes(introspection)] : []),
  )
  return { routes, capabilities: served().capabilities }
}

function resolveServed(routes: readonly Route[], options: IntrospectionOptions): Served {
  const { project, allow, auth, database, publicPath, ai } = options
  const capabilities = resolveCapabilities([...routes, ...options.agentRoutes], {
    allow,
    hasDatabase: database !== null,
    hasAuth: auth !== undefined,
    toolsCanWrite: ai && project.app !== null && project.resources.length > 0,
  })
  return { capabilities, endpoints: resolveEndpoints(routes, capabilities, publicPath) }
}

/** The settings that `settings_checksum` covers. They are listed one by one, so that no secret can be among them. */
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
