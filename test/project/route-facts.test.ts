import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/lib/steps/turns.ts'
import { takeRouteFacts } from '../../src/project/route-facts.ts'
import { listRoutes } from '../../src/project/list-routes.ts'
import type { RouteSource } from '../../src/project/routes.ts'

const handler = () => undefined
const middleware = (_context: unknown, _next: unknown) => undefined

/** Sources of each kind. */
const create = (): RouteSource[] => [
  { method: 'get', path: '/a', name: 'a', summary: 'A', description: 'The a', tags: ['x', 'y'] },
  { routes: [{ method: 'ALL', path: '/b', handler }] },
  { routes: [['GET', /b/, [handler], '/c']] },
  { paths: { '/d': { get: { operationId: 'd', tags: ['x'], deprecated: true }, post: {} } } },
]

const changes: Readonly<Record<string, (sources: RouteSource[]) => void>> = {
  'a route is added': (sources) => void sources.push({ method: 'GET', path: '/z' }),
  'a path changes': ([one]) => void Object.assign(one ?? {}, { path: '/z' }),
  'a tag changes': ([one]) => void Object.assign(one ?? {}, { tags: ['x', 'z'] }),
  'a tag becomes the next one': ([one]) => void Object.assign(one ?? {}, { tags: ['x'] }),
  'a router gets a route': ([, one]) =>
    void (one as { routes: object[] }).routes.push({ method: 'GET', path: '/z', handler }),
  'a handler becomes middleware': ([, one]) =>
    void Object.assign((one as { routes: object[] }).routes[0] ?? {}, { handler: middleware }),
  'a path of an itty router changes': ([, , one]) =>
    void ((one as { routes: unknown[][] }).routes[0] ?? []).splice(3, 1, '/z'),
  'an operation is renamed in place': ([, , , one]) =>
    void Object.assign((one as Paths).paths['/d']?.['get'] ?? {}, { operationId: 'z' }),
  'an operation is added': ([, , , one]) =>
    void Object.assign((one as Paths).paths['/d'] ?? {}, { delete: {} }),
  'an operation is no longer deprecated': ([, , , one]) =>
    void Object.assign((one as Paths).paths['/d']?.['get'] ?? {}, { deprecated: false }),
}

interface Paths {
  readonly paths: Record<string, Record<string, object>>
}

function listFacts(sources: readonly RouteSource[]): unknown[] {
  const facts: unknown[] = []
  atOnce(takeRouteFacts(sources, (fact) => facts.push(fact)))
  return facts
}

describe('the facts of route sources', () => {
  it('are equal for sources that hold the same', () => {
    expect(listFacts(create())).toEqual(listFacts(create()))
  })

  it.each(Object.keys(changes))('differ when %s', (name) => {
    const sources = create()
    const [facts, routes] = [listFacts(sources), listRoutes(sources)]
    changes[name]?.(sources)
    expect(listRoutes(sources)).not.toEqual(routes) // it does change the routes
    expect(listFacts(sources)).not.toEqual(facts)
  })
})
