import type { Json, JsonObject } from '../lib/json.ts'
import type { SchemaHealthOptions } from './schema-health-options.ts'
import type { RouteSource } from './routes.ts'
import type { MigrationSource, ModelSource } from './source.ts'

/** A model that an API serves below one prefix; the wire calls it a viewset. */
export interface Resource {
  readonly model: string
  readonly prefix: string
  /** False hides it from AI clients. @default true */
  readonly exposed?: boolean
  /** The operations it supports. @default those found in a router or OpenAPI document among the routes, else all five */
  readonly operations?: readonly Operation[]
  /** The actions it supports besides the operations. */
  readonly actions?: readonly ResourceAction[]
  /** Fields that callers cannot set. @default the primary key, if it is a single field */
  readonly serverControlled?: readonly string[]
  /** True hides its tools from callers that `auth` does not recognise. @default false */
  readonly requiresAuth?: boolean
  /** True hides its tools from every caller that `auth` does not mark as `admin`. @default false */
  readonly requiresAdmin?: boolean
  /** The number of items in a list when the caller gives no limit. @default 20 */
  readonly defaultLimit?: number
  /** The maximum number of items in a list. @default 100 */
  readonly maxLimit?: number
}

/** One of the five standard operations of a resource over HTTP. */
export type Operation = 'list' | 'retrieve' | 'create' | 'update' | 'delete'

/** A custom action of a resource, at `{prefix}/{path}`, or at `{prefix}/{pk}/{path}` for one item. */
export interface ResourceAction {
  readonly name: string
  /** @default the name */
  readonly path?: string
  /** @default ['POST'] */
  readonly methods?: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[]
  /** True when the action applies to one item. @default false */
  readonly detail?: boolean
  readonly description?: string
  /** JSON Schema (type `object`) of the body, or of the query string of a GET. @default no input */
  readonly input?: JsonObject
  /** False hides it from AI clients. @default true */
  readonly exposed?: boolean
}

/** The `fetch` function of an application, or an object that has one: a Hono app, a router or a Worker. */
export type AppHandler = AppFetch | { readonly fetch: AppFetch }

/** Answers a request. On Workers it also receives the bindings and the execution context. */
export type AppFetch = (request: Request, ...host: never[]) => Response | Promise<Response>

/** A part of a project: a label with its models and migrations. */
export interface App {
  readonly label: string
  readonly models: ModelSource | null
  readonly migrations: MigrationSource | null
}

/** The project that Studio inspects: declared data, and sources that are read when a client needs them. */
export interface Project {
  readonly name: string
  readonly version: string
  /** In lower case; undefined when the options and the environment variables decide. */
  readonly environment?: string | undefined
  readonly debug?: boolean | undefined
  readonly apps: readonly App[]
  readonly resources: readonly Resource[]
  readonly routes: readonly RouteSource[]
  /** The application that receives the calls of resource tools; null when there is none. */
  readonly app: AppHandler | null
  /** The path of the admin site of the application, without a trailing slash; null when there is none. */
  readonly admin: string | null
  /** Settings that hold no secret and whose changes clients should notice. */
  readonly settings: Readonly<Record<string, Json>>
  /** Which schema issues to leave out, which rules run, and which schemas and roles an API exposes. */
  readonly schemaHealth?: SchemaHealthOptions | undefined
}
