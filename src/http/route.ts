import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { Exchange } from './exchange.ts'

/** An HTTP method that a route can have. The pipeline answers HEAD with the GET route, and OPTIONS by itself. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * The parameters that a path names, decoded: `{ agentId: string }` for `/agents/:agentId`. A path that is not a literal
 * has parameters of unknown names.
 */
export type PathParams<Path extends string = string> = string extends Path
  ? Readonly<Record<string, string>>
  : { readonly [Name in ParamNames<Path>]: string }

/** The names of the parameters in a route's path, as a union. */
export type ParamNames<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamNames<Tail>
    : Rest
  : never

/** What a handler gets: decoded path parameters, and the parsed query and body. */
export interface RouteInput<Query, Body, Path extends string = string> {
  readonly params: PathParams<Path>
  readonly query: Query
  readonly body: Body
}

/** A schema that is loaded when it is read: serving requests needs none of the schemas of answers. */
export type LazySchema<Value = unknown> = () => Promise<z.ZodType<Value>>

/** The answer of a route that sends events while they happen. */
export interface EventStream {
  /** The media types that a client can ask for. */
  readonly media: readonly ('application/x-ndjson' | 'text/event-stream')[]
  /** The union of all events, told apart by `type`. */
  readonly event: LazySchema
}

/** One group of routes in the documentation. */
export type RouteTag =
  | 'runtime'
  | 'agents'
  | 'runs'
  | 'sessions'
  | 'traces'
  | 'approvals'
  | 'studio'
  | 'context'
  | 'schema'
  | 'query'
  | 'tools'
  | 'changes'
  | 'protocols'
  | 'webhooks'

/** One endpoint as data. The pipeline, the handshake, the OpenAPI document, the client and the tests read the same list. */
export interface Route<
  Query = unknown,
  Body = unknown,
  Path extends string = string,
  Answer = unknown,
> {
  /** Unique in the list, snake_case; the key in the handshake's `endpoints`. */
  readonly name: string
  /** Unique in the list, camelCase; what generated clients call the operation. */
  readonly operationId?: string
  readonly tags?: readonly RouteTag[]
  /** The JSON of a 200. Nothing parses it in production; the tests check every answer against it, unknown keys refused. */
  readonly answer?: LazySchema<Answer>
  /** The media type of a 200 that is text and not JSON. */
  readonly text?: 'text/plain'
  /** The JSON of other statuses. Null: the status has no body. */
  readonly answers?: Readonly<
    Partial<Record<201 | 202 | 204 | 304 | 400 | 404 | 406 | 503, LazySchema | null>>
  >
  /** Names of request headers that change the answer, besides those that any route takes. */
  readonly headers?: readonly ('idempotency-key' | 'last-event-id' | 'prefer' | 'x-ai-apply')[]
  /** The codes that this route refuses with, besides those that any route can have (see `errorsOf`). */
  readonly errors?: readonly ErrorCode[]
  /** What the route sends instead of JSON when a client asks for events. */
  readonly stream?: EventStream
  readonly method: Method
  /** In the syntax of itty-router: `/agents/:agentId`. */
  readonly path: Path
  readonly summary: string
  /** Without this capability, a deployment refuses the route with 403 `forbidden`. */
  readonly capability?: string
  /** True for a route that answers without `auth`. */
  readonly open?: boolean
  /** Runs before query and body are parsed, to refuse a path that names nothing. */
  check?(params: PathParams<Path>, exchange: Exchange): unknown
  readonly query?: z.ZodType<Query>
  /** A route without a body schema ignores the body. */
  readonly body?: z.ZodType<Body>
  /** The shape of a body that the handler parses itself, with a schema that it loads late. `body` then takes any JSON. */
  readonly bodyShape?: LazySchema
  /** True if the body may hold files: it may then be as long as `limits.attachmentBytes`. */
  readonly attachments?: boolean
  /** Returns the part of the answer that its `ETag` covers. Without this function the answer has no `ETag`. */
  readonly etag?: (answer: unknown) => unknown
  /** Returns JSON for a 200, or a `Response`. */
  handle(
    input: RouteInput<Query, Body, Path>,
    exchange: Exchange,
  ): NoInfer<Answer> | Response | Promise<NoInfer<Answer> | Response>
}

/**
 * Checks a route's types, and infers its parameters from `path`; then erases them so that routes fit into one list.
 *
 * @see docs/decisions/001-routes-are-values.md
 */
export function defineRoute<
  const Path extends string,
  Query = undefined,
  Body = undefined,
  Answer = unknown,
>(route: Route<Query, Body, Path, Answer>): Route {
  return route as unknown as Route
}
