import type { Method } from '../../http/route.ts'
import type { Operation, Resource } from '../../project/project.ts'
import { operations } from '../../project/resource.ts'
import { type ProjectRoute, type RouteSource, toRoutes } from '../../project/routes.ts'

/** One of the five things a resource does, and the request for it; `path` may hold `{pk}`. */
export interface OfferedOperation {
  readonly operation: Operation
  readonly method: Method
  readonly path: string
}

const methods: Readonly<Record<Operation, readonly [Method, ...Method[]]>> = {
  list: ['GET'],
  retrieve: ['GET'],
  create: ['POST'],
  update: ['PATCH', 'PUT'],
  delete: ['DELETE'],
}

/**
 * Tells what a resource does: what it says itself; else what a router or an OpenAPI document shows below its prefix, for
 * those list everything there is; else all of it. Routes written down by hand may be some of many, so they rule nothing out.
 */
export function findOperations(
  resource: Resource,
  sources: readonly RouteSource[],
): OfferedOperation[] {
  const base = resource.prefix === '/' ? '' : resource.prefix
  const listed = sources
    .filter((source) => 'routes' in source || 'paths' in source)
    .flatMap(toRoutes)
    .filter(({ path }) => path === resource.prefix || path.startsWith(`${base}/`))
  return operations.flatMap((operation) => {
    const found = listed.flatMap((route) => toOffered(operation, route, base) ?? [])
    const usual = { operation, method: methods[operation][0], path: toPath(operation, base) }
    const best = found.find(({ method }) => method === usual.method) ?? found[0]
    if (resource.operations) return resource.operations.includes(operation) ? (best ?? usual) : []
    return best ?? (listed.length === 0 ? usual : [])
  })
}

function toOffered(
  operation: Operation,
  route: ProjectRoute,
  base: string,
): OfferedOperation | null {
  const method = methods[operation].find((one) => one === route.method || route.method === 'ALL')
  const rest = route.path.slice(base.length)
  if (!method) return null
  if (/^\/?\*+$/.test(rest)) return { operation, method, path: toPath(operation, base) }
  const fits = isOfItem(operation) ? /^\/[:{][^/]+\/?$/.test(rest) : rest === '' || rest === '/'
  if (!fits) return null
  const slash = rest.endsWith('/') ? '/' : ''
  return { operation, method, path: toPath(operation, base).replace(/\/$/, '') + slash }
}

function toPath(operation: Operation, base: string): string {
  return isOfItem(operation) ? `${base}/{pk}` : base || '/'
}

function isOfItem(operation: Operation): boolean {
  return operation !== 'list' && operation !== 'create'
}
