import type { Json, JsonObject } from '../lib/json.ts'
import type { SchemaHealthOptions } from './schema-health-options.ts'
import type { RouteSource } from './routes.ts'
import type { MigrationSource, ModelSource } from './source.ts'

/** Models of an API below one prefix; the wire calls it a viewset. */
export interface Resource {
  readonly model: string
  readonly prefix: string
  /** False keeps it from AI clients. @default true */
  readonly exposed?: boolean
  /** What it can do. @default what a router or OpenAPI document among the routes shows, else everything */
  readonly operations?: readonly Operation[]
  /** What it can do besides. */
  readonly actions?: readonly ResourceAction[]
  /** Fields that callers cannot set. @default the primary key, if it is one field */
  readonly serverControlled?: readonly string[]
  /** True hides its tools from callers whom `auth` does not know. @default false */
  readonly requiresAuth?: boolean
  /** True hides its tools from everybody whom `auth` does not call `admin`. @default false */
  readonly requiresAdmin?: boolean
  /** Items of a list unless the caller says how many. @default 20 */
  readonly defaultLimit?: number
  /** Most items of a list. @default 100 */
  readonly maxLimit?: number
}

/** One of the five things a resource does over HTTP. */
export type Operation = 'list' | 'retrieve' | 'create' | 'update' | 'delete'

/** One more thing a resource can do, at `{prefix}/{path}`, or `{prefix}/{pk}/{path}` for one item. */
export interface ResourceAction {
  readonly name: string
  /** @default the name */
  readonly path?: string
  /** @default ['POST'] */
  readonly methods?: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[]
  /** True acts on one item. @default false */
  readonly detail?: boolean
  readonly description?: string
  /** JSON Schema (type `object`) of the body, or of the query of a GET. @default nothing is sent */
  readonly input?: JsonObject
  /** False keeps it from AI clients. @default true */
  readonly exposed?: boolean
}

/** The application's own `fetch`, or anything that has one: a Hono app, a router, a Worker. */
export type AppHandler = AppFetch | { readonly fetch: AppFetch }

/** Answers a request; on Workers it gets the bindings and the execution context as well. */
export type AppFetch = (request: Request, ...host: never[]) => Response | Promise<Response>

/** A part of a project, with its models and migrations. */
export interface App {
  readonly label: string
  readonly models: ModelSource | null
  readonly migrations: MigrationSource | null
}

/** What is being studied, as data: declared facts, and sources that are read when somebody asks. */
export interface Project {
  readonly name: string
  readonly version: string
  /** Lower case; undefined leaves it to the options and the environment variables. */
  readonly environment?: string | undefined
  readonly debug?: boolean | undefined
  readonly apps: readonly App[]
  readonly resources: readonly Resource[]
  readonly routes: readonly RouteSource[]
  /** What tools of the resources are called through; null leaves them undone. */
  readonly app: AppHandler | null
  /** Non-secret settings whose changes clients should notice. */
  readonly settings: Readonly<Record<string, Json>>
  /** What schema health leaves out, and what the database shows to whom. */
  readonly schemaHealth?: SchemaHealthOptions | undefined
}
