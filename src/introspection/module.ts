import type { Authenticate } from '../http/guards.ts'
import type { Route } from '../http/route.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, OpenDatabase } from '../project/database.ts'
import type { Project } from '../project/project.ts'
import type { Capability } from './capabilities.ts'
import type { WithRequestScope } from './model/request-scope.ts'

/** Resolved options of the introspection module, and the routes that are served beside its own. */
export interface IntrospectionOptions {
  readonly project: Project
  readonly database: Database | OpenDatabase | null
  readonly clock: Clock
  readonly environment: string
  readonly debug: boolean
  /** False leaves out the routes that only AI clients use: queries, tools and MCP. */
  readonly ai: boolean
  readonly allow: readonly Capability[]
  readonly auth: Authenticate | undefined
  /** The prefix that clients see, without a trailing slash. */
  readonly publicPath: string
  readonly pingTimeoutMs: number
  readonly snapshotMaxAgeMs: number
  readonly onError: (error: unknown, request: Request) => void
  readonly otherRoutes: readonly Route[]
  /** Returns the routes that change files; undefined where none may be changed. */
  readonly changeRoutes?: ((introspection: IntrospectionModule) => Route[]) | undefined
}

/** What the routes of this module share. */
export interface IntrospectionModule extends IntrospectionOptions {
  readonly withScope: WithRequestScope
  readonly served: () => Served
  readonly routes: () => readonly Route[]
}

/** The capabilities and endpoints that this deployment serves. */
export interface Served {
  readonly capabilities: readonly Capability[]
  /** Paths below the origin, or templates of paths with parameters, by the name of their route. */
  readonly endpoints: Readonly<Record<string, string>>
}
