import type { Project } from '../project/project.ts'
import type { Database } from '../project/database.ts'
import type { OpenDatabase } from '../project/database.ts'
import type { Clock } from '../lib/clock.ts'
import type { Capability } from './capabilities.ts'
import type { Route } from '../http/route.ts'
import type { Reader } from './model/request-scope.ts'

/** What the introspection module is made from: resolved options, and the routes served beside its own. */
export interface IntrospectionOptions {
  readonly project: Project
  readonly database: Database | OpenDatabase | null
  readonly clock: Clock
  readonly environment: string
  readonly debug: boolean
  /** False leaves the routes that are for AI clients alone out. */
  readonly ai: boolean
  readonly allow: readonly Capability[]
  /** The prefix that clients see, without a trailing slash. */
  readonly publicPath: string
  readonly pingTimeoutMs: number
  readonly snapshotMaxAgeMs: number
  readonly onError: (error: unknown, request: Request) => void
  readonly agentRoutes: readonly Route[]
}

/** What the routes of this module share. */
export interface Introspection extends IntrospectionOptions {
  readonly read: Reader
  readonly offer: () => Offer
  /** The routes of this module. */
  readonly routes: () => readonly Route[]
}

/** What this deployment serves. */
export interface Offer {
  readonly capabilities: readonly Capability[]
  /** Paths by name. */
  readonly endpoints: Readonly<Record<string, string>>
}
