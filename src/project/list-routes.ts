import { atOnce, type Steps } from '../lib/steps/turns.ts'
import { eachRoute, type ProjectRoute, type RouteSource } from './routes.ts'

/**
 * Lists the routes of all sources without duplicates, sorted by path, then method. Of a route that two sources list, such as a
 * router and an OpenAPI document, each detail is the first that a source gives.
 */
export function listRoutes(sources: readonly RouteSource[]): ProjectRoute[] {
  return atOnce(listRouteSteps(sources))
}

/** Does the work of `listRoutes` in steps, one for each route. */
export function* listRouteSteps(sources: readonly RouteSource[]): Steps<ProjectRoute[]> {
  const routes = new Map<string, ProjectRoute>()
  for (const source of sources) {
    for (const route of eachRoute(source)) {
      const key = `${route.path} ${route.method}`
      routes.set(key, { ...route, ...routes.get(key) })
      yield
    }
  }
  const keys = [...routes.keys()].sort()
  yield
  return keys.flatMap((key) => routes.get(key) ?? [])
}
