import type { Method } from '../../http/route.ts'
import type { Steps } from '../../lib/steps/turns.ts'
import type { Operation, Resource } from '../../project/project.ts'
import { operations } from '../../project/resource.ts'
import { eachRoute, type ProjectRoute, type RouteSource } from '../../project/routes.ts'
import { prefixSteps } from '../model/prefixes.ts'

/** An operation of a resource, and the request that performs it; `path` may contain `{pk}`. */
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
 * Returns a function that resolves a resource's operations: those of its own `operations`; otherwise those found below its
 * prefix in a router or an OpenAPI document, because both are complete; otherwise all five. Hand-written routes may be
 * incomplete and are ignored (docs/decisions/090-which-tools-a-resource-has.md).
 */
export function* operationFinder(
  sources: readonly RouteSource[],
): Steps<(resource: Resource) => OfferedOperation[]> {
  const listed: ProjectRoute[] = []
  for (const source of sources) {
    if (!('routes' in source) && !('paths' in source)) continue
    for (const route of eachRoute(source)) {
      listed.push(route)
      yield
    }
  }
  const byPrefix = yield* prefixSteps(listed)
  return (resource) => {
    const below = byPrefix.get(resource.prefix) ?? []
    return findOperations(resource, resource.prefix === '/' ? listed : below)
  }
}

function findOperations(resource: Resource, listed: readonly ProjectRoute[]): OfferedOperation[] {
  const base = resource.prefix === '/' ? '' : resource.prefix
  return operations.flatMap((operation) => {
    const found = listed.flatMap((route) => toOffered(operation, route, base) ?? [])
    const conventional = { operation, method: methods[operation][0], path: toPath(operation, base) }
    const best = found.find(({ method }) => method === conventional.method) ?? found[0]
    if (!resource.operations) return best ?? (listed.length === 0 ? conventional : [])
    return resource.operations.includes(operation) ? (best ?? conventional) : []
  })
}

function toOffered(
  operation: Operation,
  route: ProjectRoute,
  base: string,
): OfferedOperation | null {
  const method = methods[operation].find((name) => name === route.method || route.method === 'ALL')
  const rest = route.path.slice(base.length)
  if (!method) return null
  if (/^\/?\*+$/.test(rest)) return { operation, method, path: toPath(operation, base) }
  const matches = isOfItem(operation) ? /^\/[:{][^/]+\/?$/.test(rest) : rest === '' || rest === '/'
  if (!matches) return null
  const slash = rest.endsWith('/') ? '/' : ''
  return { operation, method, path: toPath(operation, base).replace(/\/$/, '') + slash }
}

function toPath(operation: Operation, base: string): string {
  return isOfItem(operation) ? `${base}/{pk}` : base || '/'
}

function isOfItem(operation: Operation): boolean {
  return operation !== 'list' && operation !== 'create'
}
