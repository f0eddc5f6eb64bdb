import type { Json, JsonObject } from '../lib/json.ts'
import type { RouteSource } from './routes.ts'
import type { MigrationSource, ModelSource } from './source.ts'

/** One column or property of a model. */
export interface Field {
  readonly name: string
  /** Its column in the table. */
  readonly column: string
  /** The PostgreSQL or zod type, for example `character varying(80)`. */
  readonly type: string
  /** The TypeScript type, for example `string`. */
  readonly tsType: string
  readonly nullable: boolean
  readonly primaryKey: boolean
  /** True when this field alone is unique. */
  readonly unique: boolean
  /** True when it is the first column of an index. */
  readonly indexed: boolean
  /** The default as text; null without one. */
  readonly default: string | null
  /** In characters; null when unlimited. */
  readonly maxLength: number | null
  readonly description: string | null
  /** True keeps its values, and its name, from clients. */
  readonly sensitive: boolean
  /** True where the project said that it is fit for clients, whatever it is made of. */
  readonly declassified?: boolean
}

/** A link from the model that owns it to another. One-to-one is a `foreign_key` that is `unique`. */
export interface Relation {
  readonly name: string
  readonly type: 'foreign_key' | 'many_to_many'
  /** Name of the model it leads to. */
  readonly to: string
  /** Name of the model between the two of a `many_to_many`; null when unknown. */
  readonly through: string | null
  /** The fields that hold it, in key order; empty for `many_to_many`. */
  readonly fields: readonly string[]
  /** As SQL spells it, for example `CASCADE`; null when unknown. */
  readonly onDelete: string | null
  readonly nullable: boolean
  readonly unique: boolean
}

/** One model of a project: a table, or a zod object that stands for one. */
export interface Model {
  readonly name: string
  readonly table: string
  /** The database schema of the table; null where the session's search path decides. */
  readonly schema: string | null
  readonly description: string | null
  /** False keeps it out of every answer. @default true */
  readonly exposed?: boolean
  readonly fields: readonly Field[]
  readonly relations: readonly Relation[]
  /** Of a model that is declared as an SQL table; undefined where the source knows fields alone. */
  readonly declared?: DeclaredTable
}

/** What a source that declares SQL tables says of one, beyond its fields: all there is, so that more is drift. */
export interface DeclaredTable {
  /** Columns the database fills by itself: serial, identity and generated ones. */
  readonly generated: readonly string[]
  readonly indexes: readonly DeclaredIndex[]
  readonly foreignKeys: readonly DeclaredForeignKey[]
}

/** An index, or the uniqueness a constraint asks for. */
export interface DeclaredIndex {
  /** Null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  readonly nullsNotDistinct: boolean
  /** For example `btree`. */
  readonly method: string
  /** Covers a part of the rows. */
  readonly partial: boolean
}

/** A foreign key. */
export interface DeclaredForeignKey {
  readonly columns: readonly string[]
  readonly target: { readonly schema: string | null; readonly table: string }
  readonly targetColumns: readonly string[]
  /** As SQL spells it; null when it is not said. */
  readonly onDelete: string | null
  readonly onUpdate: string | null
}

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
}
