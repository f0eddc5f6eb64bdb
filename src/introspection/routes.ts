import type { Route } from '../http/route.ts'
import { type Capability, resolveCapabilities, resolveEndpoints } from './capabilities.ts'
import { contextRoutes } from './context/routes.ts'
import { mcpRoutes } from './mcp/routes.ts'
import type { IntrospectionModule, IntrospectionOptions, Served } from './module.ts'
import { panelRoutes } from './panels/routes.ts'
import { databaseRoutes } from './database/routes.ts'
import { queryRoutes } from './query/routes.ts'
import { sqlRoutes } from './sql/routes.ts'
import { schemaRoutes } from './schema/routes.ts'
import type { WithRequestScope } from './model/request-scope.ts'
import { studioRoutes } from './studio/routes.ts'
import { toolRoutes } from './tools/routes.ts'

/** Builds the introspection module: its routes, in documentation order, and the capabilities the router enforces. */
export function createIntrospection(options: IntrospectionOptions): {
  readonly routes: readonly Route[]
  readonly capabilities: readonly Capability[]
} {
  const { ai } = options
  const routes: Route[] = []
  const served = () => resolveServed(routes, options)
  let scopes: Promise<WithRequestScope> | undefined
  const withScope: WithRequestScope = async (exchange, use) => {
    scopes ??= import('./snapshot/with-request-scope.ts').then(({ createWithRequestScope }) =>
      createWithRequestScope({ ...options, routes, served }),
    ) // keeps the core entry small
    return (await scopes)(exchange, use)
  }
  const introspection: IntrospectionModule = { ...options, withScope, served, routes: () => routes }
  routes.push(
    ...studioRoutes(introspection),
    ...panelRoutes(introspection),
    ...contextRoutes(introspection),
    ...schemaRoutes(introspection),
    ...databaseRoutes(introspection),
    ...(ai
      ? [
          ...queryRoutes(introspection),
          ...sqlRoutes(introspection),
          ...toolRoutes(introspection),
          ...mcpRoutes(introspection),
          ...(options.changeRoutes?.(introspection) ?? []),
        ]
      : []),
  )
  return { routes, capabilities: served().capabilities }
}

function resolveServed(routes: readonly Route[], options: IntrospectionOptions): Served {
  const { project, allow, auth, database, publicPath, ai } = options
  const capabilities = resolveCapabilities([...routes, ...options.otherRoutes], {
    allow,
    hasDatabase: database !== null,
    hasAuth: auth !== undefined,
    hasAdmin: project.admin !== null,
    hasPanels: options.debug,
    toolsCanWrite: ai && project.app !== null && project.resources.length > 0,
  })
  return { capabilities, endpoints: resolveEndpoints(routes, capabilities, publicPath) }
}
