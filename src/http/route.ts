import type { z } from 'zod'
import type { Exchange } from './exchange.ts'

/** HTTP methods a route can have; HEAD follows GET, and OPTIONS is answered by the router. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a handler gets: decoded path parameters and the parsed query and body. */
export interface RouteInput<Query, Body> {
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
}

/** One endpoint as data: the router, the handshake, the docs and the tests read the same list. */
export interface Route<Query = unknown, Body = unknown> {
  /** Unique in the list, snake_case; the key in the handshake's `endpoints`. */
  readonly name: string
  readonly method: Method
  /** itty-router syntax: `/agents/:agentId`. */
  readonly path: string
  readonly summary: string
  /** Refused with 403 `forbidden` unless this deployment has it. */
  readonly capability?: string
  /** True for the routes that answer without `auth`. */
  readonly open?: boolean
  /** Runs before query and body are looked at: does what the path names exist? */
  check?(params: Readonly<Record<string, string>>, exchange: Exchange): unknown
  readonly query?: z.ZodType<Query>
  /** A route without a body schema ignores the body. */
  readonly body?: z.ZodType<Body>
  /** Present on the routes that carry an `ETag`: what of the answer it covers. */
  readonly etag?: (answer: unknown) => unknown
  /** Returns JSON for a 200, or a `Response` of its own. */
  handle(input: RouteInput<Query, Body>, exchange: Exchange): unknown
}

/** Checks a route's types, then erases its input types so that routes fit into one list. */
export function defineRoute<Query = undefined, Body = undefined>(route: Route<Query, Body>): Route {
  return route as unknown as Route
}
