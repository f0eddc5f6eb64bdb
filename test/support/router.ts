import { z } from 'zod'
import type { FetchHandler, HostContext } from '../../src/http/handler.ts'
import { defineRoute, type Route } from '../../src/http/route.ts'
import { createPipeline, type PipelineOptions } from '../../src/http/pipeline.ts'

/** One request pipeline, with the errors it reported to `onError`. */
export interface TestRouter {
  /** Sends a request; a path is taken below `http://studio.test`. */
  readonly fetch: FetchHandler
  send(path: string, init?: RequestInit, context?: HostContext): Promise<Response>
  readonly failures: unknown[]
}

/** Makes a request pipeline without a Studio, with sample routes unless others are given. */
export function createTestRouter(overrides: Partial<PipelineOptions> = {}): TestRouter {
  const failures: unknown[] = []
  const fetch = createPipeline({
    routes: sampleRoutes,
    basePath: '',
    allowedHosts: undefined,
    allowedOrigins: [],
    auth: undefined,
    capabilities: new Set(),
    bodyBytes: 100,
    attachmentBytes: 1000,
    jsonDepth: 200,
    bodyMs: 60_000,
    onError: (error) => void failures.push(error),
    ...overrides,
  })
  return {
    failures,
    fetch,
    send: (path, init, context) =>
      fetch(new Request(new URL(path, 'http://studio.test'), init), undefined, context),
  }
}

/** Makes a POST request with a JSON body. */
export function posting(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  }
}

/** Makes a route for GET `path` that responds with the result of `handle`. */
export function route(path: string, handle: Route['handle'], extra: Partial<Route> = {}): Route {
  const name = `get_${path.replace(/\W+/g, '_')}`
  return defineRoute({ name, method: 'GET', path, summary: 'A sample.', handle, ...extra })
}

const sampleRoutes: Route[] = [
  route('/health', () => ({ status: 'ok' }), { open: true }),
  route('/things', () => ({ things: [] })),
  route('/things/:thingId', ({ params }) => params),
  route('/studio/things', () => ({ things: [] })),
  defineRoute({
    name: 'create_thing',
    method: 'POST',
    path: '/things',
    summary: 'Echoes what was parsed.',
    body: z.object({ name: z.string(), size: z.object({ cm: z.number() }).optional() }),
    handle: ({ body }) => ({ body }),
  }),
  defineRoute({
    name: 'search',
    method: 'GET',
    path: '/search',
    summary: 'Echoes its query.',
    query: z.object({ text: z.string().optional(), limit: z.coerce.number().int().optional() }),
    handle: ({ query }) => query,
  }),
]
