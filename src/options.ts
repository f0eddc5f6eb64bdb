import { inProcessDispatcher } from './agents/dispatch/in-process.ts'
import type { Dispatcher } from './agents/dispatch/dispatcher.ts'
import { type Authenticate, bearerToken } from './http/guards.ts'
import { type Clock, type Ids, randomIds, systemClock } from './lib/clock.ts'
import type { Database } from './project/database.ts'
import type { Project } from './project/project.ts'
import { memoryStores } from './storage/memory/index.ts'
import type { Stores } from './storage/store.ts'

/** Limits of what is accepted. */
export interface Limits {
  /** Longest request body, in bytes. @default 1_048_576 */
  bodyBytes?: number
}

/** Options of `Studio`; every one has a default. */
export interface StudioOptions {
  /** The project under study. @default an unnamed project without models */
  project?: Project
  /** What is introspected. @default none */
  database?: Database
  /** Where sessions, runs, traces and approvals live. @default memoryStores() */
  stores?: Stores
  /** False switches sessions and traces off: their routes answer 501. @default true */
  sessions?: boolean
  /** False leaves the introspection routes out. @default true */
  introspection?: boolean
  /** Browser origins let in besides the request's own, letter by letter; `*` lets all in. @default [] */
  allowedOrigins?: readonly string[]
  /** Accepted `Host` names, with or without port. @default any; loopback names where the listener is on loopback */
  allowedHosts?: readonly string[]
  /** A bearer token, or a function from the request to its caller. @default everybody is let in */
  auth?: { readonly token: string } | Authenticate
  /** Mounts every route below this prefix. @default '' */
  basePath?: string
  /** Limits of what is accepted. */
  limits?: Limits
  /** Decides who advances runs, and when. @default inProcessDispatcher() */
  dispatcher?: Dispatcher
  /** How long a claim of a run holds without a sign of life, in milliseconds. @default 30_000 */
  leaseMs?: number
  /** Gets every masked failure, never a client's mistake; `request` is absent for work in the background. @default console.error */
  onError?: (error: unknown, request?: Request) => void
  /** Where time comes from. @default the host's clock */
  clock?: Clock
  /** Where identifiers come from. @default the host's random source */
  ids?: Ids
}

/** Options after defaults: nothing optional, so no module fills in again. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>

/** Fills in the defaults, once. */
export function resolveOptions(options: StudioOptions) {
  const { auth, clock = systemClock, onError = (error: unknown) => console.error(error) } = options
  return {
    project: options.project ?? { name: 'Studio', version: '0.0.0' },
    database: options.database ?? null,
    stores: options.stores ?? memoryStores({ clock }),
    sessions: options.sessions ?? true,
    introspection: options.introspection ?? true,
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts,
    auth: auth && 'token' in auth ? bearerToken(auth.token) : auth,
    basePath: (options.basePath ?? '').replace(/\/+$/, ''),
    bodyBytes: options.limits?.bodyBytes ?? 1_048_576,
    dispatcher: options.dispatcher ?? inProcessDispatcher({ clock, onError }),
    leaseMs: options.leaseMs ?? 30_000,
    onError,
    clock,
    ids: options.ids ?? randomIds,
  }
}
