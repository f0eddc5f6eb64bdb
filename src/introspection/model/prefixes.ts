import { append } from '../../lib/groups.ts'
import { atOnce, type Steps } from '../../lib/steps/turns.ts'
import type { Resource } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'

const routesByPrefix = new WeakMap<readonly ProjectRoute[], Map<string, ProjectRoute[]>>()

/** Returns the routes at and below each prefix. Cached per list of routes. */
export function groupByPrefix(
  routes: readonly ProjectRoute[],
): ReadonlyMap<string, readonly ProjectRoute[]> {
  return atOnce(prefixSteps(routes))
}

/** Does the work of `groupByPrefix` in steps, one for each route. */
export function* prefixSteps(
  routes: readonly ProjectRoute[],
): Steps<ReadonlyMap<string, readonly ProjectRoute[]>> {
  const known = routesByPrefix.get(routes)
  if (known) return known
  const found = new Map<string, ProjectRoute[]>()
  for (const route of routes) {
    for (const prefix of toPrefixes(route.path)) append(found, prefix, route)
    yield
  }
  routesByPrefix.set(routes, found)
  return found
}

const resourceByPrefix = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>()

/** Returns the resource with the longest prefix that a path is at or below. */
export function findResource(resources: readonly Resource[], path: string): Resource | undefined {
  const known =
    resourceByPrefix.get(resources) ??
    new Map(resources.map((resource) => [resource.prefix, resource]))
  resourceByPrefix.set(resources, known)
  for (const prefix of toPrefixes(path)) {
    const resource = known.get(prefix)
    if (resource) return resource
  }
  return undefined
}

/** Lists a path and every path above it, the longest first: `/a/b` → `/a/b`, `/a`, `` (empty). */
function toPrefixes(path: string): string[] {
  const prefixes = [path]
  for (let end = path.length; end > 0;) {
    end = path.lastIndexOf('/', end - 1)
    if (end >= 0) prefixes.push(path.slice(0, end))
  }
  return prefixes
}
