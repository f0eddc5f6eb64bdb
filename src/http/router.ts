import { Router } from 'itty-router'
import type { Route } from './route.ts'

/** The routes of one path, by method. */
export interface Resource {
  readonly path: string
  /** True when one of the routes answers without `auth`. */
  readonly open: boolean
  readonly methods: Map<string, Route>
}

/** The resource that a path belongs to. */
export interface Match {
  readonly resource: Resource
  /** Parameters as they stand in the path, not yet decoded. */
  readonly params: Readonly<Record<string, string>>
}

/**
 * Returns a function that finds the resource of a path. Paths without parameters are looked up. The others are tried in
 * order, with the patterns that itty-router compiles (docs/decisions/002-itty-router-matches.md).
 *
 * @throws TypeError when two routes share a name, or a method and a path.
 */
export function createMatcher(routes: readonly Route[]): (path: string) => Match | null {
  const resources = toResources(routes)
  const { routes: patterns, all } = Router()
  const dynamic = [...resources.values()].filter(({ path }) => /[:*]/.test(path))
  for (const { path } of dynamic) all(path, () => undefined)
  return (path) => {
    const fixed = resources.get(withoutTrailingSlashes(path))
    if (fixed) return { resource: fixed, params: {} }
    for (const [index, resource] of dynamic.entries()) {
      const found = patterns[index]?.[1].exec(path)
      if (found) return { resource, params: { ...found.groups } }
    }
    return null
  }
}

/** Trims by hand, because `/\/+$/` takes quadratic time on a path of many slashes (ReDoS). */
function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (end > 1 && path[end - 1] === '/') end--
  return path.slice(0, end)
}

function toResources(routes: readonly Route[]): Map<string, Resource> {
  const resources = new Map<string, Resource>()
  const seen = new Set<string>()
  for (const route of routes) {
    const { name, method, path, open = false } = route
    const shape = path.replace(/:\w+/g, ':')
    for (const key of [name, `${method} ${shape}`]) {
      if (seen.has(key)) throw new TypeError(`Two routes for ${key}`)
      seen.add(key)
    }
    const resource = resources.get(path) ?? { path, open, methods: new Map<string, Route>() }
    resource.methods.set(method, route)
    resources.set(path, { ...resource, open: resource.open || open })
  }
  return resources
}
