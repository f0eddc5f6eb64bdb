import { inTurns } from '../../lib/steps/turns.ts'
import { takeRouteFacts } from '../../project/route-facts.ts'
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
  const before = previous && factsOf.get(previous)
  if (previous && before && (await areSame(before, sources))) return previous
  const facts: unknown[] = []
  await inTurns(takeRouteFacts(sources, (fact) => facts.push(fact)))
  const routes = keepEqual(previous, await inTurns(listRouteSteps(sources)))
  factsOf.set(routes, facts)
  return routes
}

/** Compares what the sources hold with what they held before, value by value. */
async function areSame(
  before: readonly unknown[],
  sources: readonly RouteSource[],
): Promise<boolean> {
  let count = 0
  let isSame = true
  const compare = (fact: unknown) => {
    isSame &&= before[count] === fact
    count++
  }
  await inTurns(takeRouteFacts(sources, compare))
  return isSame && count === before.length
}
