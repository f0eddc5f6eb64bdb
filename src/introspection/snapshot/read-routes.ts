import { inTurns } from '../../lib/steps/turns.ts'
import { listRouteFacts } from '../../project/route-facts.ts'
import { listRouteSteps } from '../../project/list-routes.ts'
import type { ProjectRoute, RouteSource } from '../../project/routes.ts'
import { keepEqual } from './unchanged.ts'

/** What a list of routes was made from. */
const factsOf = new WeakMap<readonly ProjectRoute[], readonly unknown[]>()

/**
 * Lists the routes of all sources. Returns `previous` itself if they are the same. Sources that hold what they held before are
 * not read again.
 */
export async function readRoutes(
  sources: readonly RouteSource[],
  previous: readonly ProjectRoute[] | undefined,
): Promise<readonly ProjectRoute[]> {
  const facts = await inTurns(listRouteFacts(sources))
  const before = previous && factsOf.get(previous)
  if (previous && before && isSame(before, facts)) return previous
  const routes = keepEqual(previous, await inTurns(listRouteSteps(sources)))
  factsOf.set(routes, facts)
  return routes
}

function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && now.every((fact, index) => fact === before[index])
}
