/** One route of a project. `method` is in upper case; `ALL` matches any method. */
export interface ProjectRoute {
  readonly method: string
  readonly path: string
}

/** The part of a Hono app that Studio reads: its routes, which include middleware. */
export interface HonoLike {
  readonly routes: readonly {
    readonly method: string
    readonly path: string
    readonly handler?: unknown
  }[]
}

/** The part of an itty router that Studio reads: `[method, pattern, handlers, path]` entries. */
export interface IttyLike {
  readonly routes: readonly (readonly unknown[])[]
}

/** The part of an OpenAPI document that Studio reads. */
export interface OpenApiLike {
  readonly paths: Readonly<Record<string, object | undefined>>
}

/** A source of routes: one route, a Hono app, an itty router or an OpenAPI document. Each snapshot reads it again. */
export type RouteSource = ProjectRoute | HonoLike | IttyLike | OpenApiLike

const openApiMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Lists the routes of all sources without duplicates, sorted by path, then method. */
export function listRoutes(sources: readonly RouteSource[]): ProjectRoute[] {
  const routes = new Map<string, ProjectRoute>()
  for (const { method, path } of sources.flatMap(toRoutes)) {
    routes.set(`${path} ${method}`, { method: method.toUpperCase(), path })
  }
  return [...routes.keys()].sort().flatMap((key) => routes.get(key) ?? [])
}

/** Reads the routes of one source. @throws TypeError when the source has none of the known shapes. */
export function toRoutes(source: RouteSource): ProjectRoute[] {
  if ('routes' in source && Array.isArray(source.routes)) {
    return (source as HonoLike | IttyLike).routes.flatMap(toEntry)
  }
  const { method, path } = source as ProjectRoute
  if (typeof method === 'string' && typeof path === 'string') {
    if (!path.startsWith('/')) throw new TypeError(`The route path "${path}" must start with "/"`)
    return [{ method: method.toUpperCase(), path }]
  }
  if ('paths' in source && typeof source.paths === 'object' && source.paths !== null) {
    return Object.entries(source.paths).flatMap(([path, item]) =>
      openApiMethods
        .filter((name) => item && name in item)
        .map((name) => ({ method: name.toUpperCase(), path })),
    )
  }
  throw new TypeError(
    'A route must be { method, path }, a router with `routes`, or an OpenAPI document',
  )
}

function toEntry(entry: HonoLike['routes'][number] | readonly unknown[]): ProjectRoute[] {
  const [method, path] = Array.isArray(entry)
    ? [entry[0], entry[3]]
    : [(entry as ProjectRoute).method, (entry as ProjectRoute).path]
  if (typeof method !== 'string' || typeof path !== 'string') return []
  return isMiddleware(entry) ? [] : [{ method: method.toUpperCase(), path }]
}

/** Hono lists `app.use` like a route for every method; only the second parameter of its handler, `next`, distinguishes it. */
function isMiddleware(entry: object): boolean {
  const { method, handler } = entry as { method?: unknown; handler?: unknown }
  return method === 'ALL' && typeof handler === 'function' && handler.length > 1
}
