/** One route of a project. `method` is in upper case; `ALL` matches any method. */
export interface ProjectRoute {
  readonly method: string
  readonly path: string
  /** A name that identifies the route, such as the `operationId` of OpenAPI. @default null */
  readonly name?: string | null
  /** One line about what it does. @default null */
  readonly summary?: string | null
  /** More about it. @default null */
  readonly description?: string | null
  /** @default [] */
  readonly tags?: readonly string[]
  /** @default false */
  readonly deprecated?: boolean
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

/** Reads the routes of one source. @throws TypeError when the source has none of the known shapes. */
export function toRoutes(source: RouteSource): ProjectRoute[] {
  return [...eachRoute(source)]
}

/** Does the work of `toRoutes`, one route at a time. */
export function* eachRoute(source: RouteSource): Iterable<ProjectRoute> {
  if ('routes' in source && Array.isArray(source.routes)) {
    for (const entry of (source as HonoLike | IttyLike).routes) yield* toEntry(entry)
    return
  }
  const { method, path } = source as ProjectRoute
  if (typeof method === 'string' && typeof path === 'string') {
    if (!path.startsWith('/')) throw new TypeError(`The route path "${path}" must start with "/"`)
    yield { method: method.toUpperCase(), path, ...toDetails(source) }
    return
  }
  if ('paths' in source && typeof source.paths === 'object' && source.paths !== null) {
    for (const [path, item] of Object.entries(source.paths)) {
      for (const name of openApiMethods) {
        if (!item || !(name in item)) continue
        yield { method: name.toUpperCase(), path, ...toDetails(toOperation(item, name)) }
      }
    }
    return
  }
  throw new TypeError(
    'A route must be { method, path }, a router with `routes`, or an OpenAPI document',
  )
}

function toOperation(item: object | undefined, method: string): object {
  const operation: unknown = (item as Readonly<Record<string, unknown>> | undefined)?.[method]
  if (typeof operation !== 'object' || operation === null) return {}
  const { operationId } = operation as { readonly operationId?: unknown }
  return { ...operation, name: operationId }
}

/** Picks the details of a route. Each of a wrong type is left out, because a document may hold anything. */
function toDetails(source: object): Omit<ProjectRoute, 'method' | 'path'> {
  const { name, summary, description, tags, deprecated } = source as Record<string, unknown>
  const texts = Object.entries({ name, summary, description }).filter(
    ([, value]) => typeof value === 'string' && value !== '',
  )
  const words = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
  return {
    ...Object.fromEntries(texts),
    ...(words.length > 0 ? { tags: words } : {}),
    ...(deprecated === true ? { deprecated } : {}),
  }
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
