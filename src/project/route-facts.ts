import type { Steps } from '../lib/steps/turns.ts'
import type { HonoLike, IttyLike, RouteSource } from './routes.ts'

/**
 * Lists every value that `listRoutes` reads of its sources: as long as these are the same, so are the routes. Costs a fraction
 * of reading them.
 */
export function* listRouteFacts(sources: readonly RouteSource[]): Steps<unknown[]> {
  const facts: unknown[] = []
  const end = '\0' // no path, name or text holds it, so that values never move from one route to the next unnoticed
  const addDetails = (source: unknown) => {
    if (typeof source !== 'object' || source === null) return void facts.push(source)
    const one = source as Record<string, unknown>
    facts.push(one['method'], one['path'], one['name'], one['operationId'], one['summary'])
    facts.push(one['description'], one['deprecated'])
    const { tags } = one
    facts.push(...(Array.isArray(tags) ? (tags as unknown[]) : []), end)
  }
  for (const source of sources) {
    if ('routes' in source && Array.isArray(source.routes)) {
      for (const entry of (source as HonoLike | IttyLike).routes) {
        if (Array.isArray(entry)) facts.push(entry[0], entry[3])
        else facts.push(...Object.values(entry), end)
        yield
      }
    } else if (!('paths' in source)) addDetails(source)
    else {
      addDetails(source)
      for (const [path, item] of Object.entries(source.paths)) {
        facts.push(path)
        for (const [name, operation] of Object.entries(item ?? {})) {
          facts.push(name)
          addDetails(operation)
        }
        yield
      }
    }
  }
  return facts
}
