import type { Steps } from '../lib/steps/turns.ts'
import type { HonoLike, IttyLike, RouteSource } from './routes.ts'

/**
 * Shows `take` every value that `listRoutes` reads of its sources: as long as these are the same, so are the routes. Costs a
 * fraction of reading them, and makes nothing of its own, as it runs with each refresh.
 */
export function* takeRouteFacts(
  sources: readonly RouteSource[],
  take: (fact: unknown) => void,
): Steps<void> {
  for (const source of sources) {
    if ('routes' in source && Array.isArray(source.routes)) {
      for (const entry of (source as HonoLike | IttyLike).routes) {
        if (Array.isArray(entry)) {
          take(entry[0])
          take(entry[3])
        } else takeMembers(entry as unknown as Members, take)
        yield
      }
    } else {
      takeDetails(source, take)
      if ('paths' in source) yield* takePaths(source.paths, take)
    }
  }
}

type Members = Readonly<Record<string, unknown>>

const end = '\0' // no path, name or text holds it, so that values never move from one route to the next unnoticed

function takeMembers(entry: Members, take: (fact: unknown) => void): void {
  for (const name of Object.keys(entry)) take(entry[name])
  take(end)
}

function* takePaths(
  paths: Readonly<Record<string, unknown>>,
  take: (fact: unknown) => void,
): Steps<void> {
  for (const path of Object.keys(paths)) {
    take(path)
    const item = (paths[path] ?? {}) as Members
    for (const name of Object.keys(item)) {
      take(name)
      takeDetails(item[name], take)
    }
    yield
  }
}

function takeDetails(source: unknown, take: (fact: unknown) => void): void {
  if (typeof source !== 'object' || source === null) return take(source)
  const one = source as Members
  take(one['method'])
  take(one['path'])
  take(one['name'])
  take(one['operationId'])
  take(one['summary'])
  take(one['description'])
  take(one['deprecated'])
  const { tags } = one
  if (Array.isArray(tags)) tags.forEach(take)
  take(end)
}
