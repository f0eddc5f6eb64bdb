import { inProcessDispatcher } from './agents/dispatch/in-process.ts'
import type { Dispatcher } from './agents/dispatch/dispatcher.ts'
import { type Authenticate, bearerToken } from './http/guards.ts'
import { type Clock, type Ids, randomIds, systemClock } from './lib/clock.ts'
import type { Capability } from './introspection/capabilities.ts'
import { readVariable } from './lib/environment.ts'
import type { Database, OpenDatabase } from './project/database.ts'
import { defineProject } from './project/define-project.ts'
import type { Project } from './project/project.ts'
import { memoryStores } from './storage/memory/index.ts'
import type { OpenStores, Stores } from './storage/store.ts'

/** Limits of what is accepted. */
export interface Limits {
  /** Longest request body, in bytes. @default 1_048_576 */
  bodyBytes?: number
}

/** Options of `Studio`; every one has a default. */
export interface StudioOptions {
  /** The project under study. @default an unnamed project without models */
  project?: Project
  /** Where sessions, runs, traces and approvals live; a function opens them for each request (Workers). @default memoryStores() */
  stores?: Stores | OpenStores
  /** False switches sessions and traces off: their routes answer 501. @default true */
  sessions?: boolean
  /** False leaves the introspection routes out. @default true */
  introspection?: boolean
  /** False leaves out what is for AI clients alone: the tools, the MCP server, the structured query. @default true */
  ai?: boolean
  /** What is introspected; a function opens one for each request (Workers). @default none */
  database?: Database | OpenDatabase
  /** Write powers to grant; all are off until named. @default [] */
  allow?: readonly Capability[]
  /** Where this runs. @default the project's, STUDIO_ENV, NODE_ENV, else production (development with `debug`) */
  environment?: string
  /** Tells clients that debugging is on. @default the project's, else false */
  debug?: boolean
  /** Longest wait for the database to answer a ping, in milliseconds. @default 2_000 */
  pingTimeoutMs?: number
  /** How long a snapshot of the project is shared between requests, in milliseconds. @default 1_000 */
  snapshotMaxAgeMs?: number
  /** Browser origins let in besides the request's own, letter by letter; `*` lets all in. @default [] */
  allowedOrigins?: readonly string[]
  /** Accepted `Host` names, with or without port. @default any; loopback names where the listener is on loopback */
  allowedHosts?: readonly string[]
  /** A bearer token, or a function from the request to its caller. @default everybody is let in */
  auth?: { readonly token: string } | Authenticate
  /** The prefix that a request's path still has when it reaches `fetch`; empty serves at the root. @default '' */
  basePath?: string
  /**
   * The prefix that clients see, for `Location`, the handshake's `endpoints` and the listed routes. It differs from
   * `basePath` behind a framework or proxy that strips or rewrites the prefix. @default basePath
   */
  publicPath?: string
  /** Limits of what is accepted. */
  limits?: Limits
  /** Decides who advances runs, and when. @default inProcessDispatcher() */
  dispatcher?: Dispatcher
  /** How long a claim of a run holds without a sign of life, in milliseconds. @default 30_000 */
  leaseMs?: number
  /** How long `close` lets turns and tools in progress go on, in milliseconds. @default 5_000 */
  shutdownMs?: number
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
  const project = options.project ?? defineProject({ name: 'Studio' })
  const debug = options.debug ?? project.debug ?? false
  return {
    project,
    database: options.database ?? null,
    stores: resolveStores(options, clock),
    sessions: options.sessions ?? true,
    introspection: options.introspection ?? true,
    ai: options.ai ?? true,
    debug,
    environment: resolveEnvironment(options.environment ?? project.environment, debug),
    allow: options.allow ?? [],
    pingTimeoutMs: options.pingTimeoutMs ?? 2_000,
    snapshotMaxAgeMs: options.snapshotMaxAgeMs ?? 1_000,
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts,
    auth: auth && 'token' in auth ? bearerToken(auth.token) : auth,
    ...resolvePrefixes(options),
    bodyBytes: options.limits?.bodyBytes ?? 1_048_576,
    dispatcher: options.dispatcher ?? inProcessDispatcher({ clock, onError }),
    leaseMs: options.leaseMs ?? 30_000,
    shutdownMs: options.shutdownMs ?? 5_000,
    onError,
    clock,
    ids: options.ids ?? randomIds,
  }
}

function resolvePrefixes({ basePath = '', publicPath = basePath }: StudioOptions) {
  return {
    basePath: toPrefix('basePath', basePath),
    publicPath: toPrefix('publicPath', publicPath),
  }
}

/** Removes trailing slashes. `//` at the start would name another host in a `Location`. */
function toPrefix(option: string, path: string): string {
  const prefix = path.replace(/\/+$/, '')
  if (/^(\/(?!\/)[^?#\s]*)?$/.test(prefix)) return prefix
  throw new TypeError(`${option} must be empty or a path that starts with "/", not "${path}"`)
}

/** Stores of a request cannot be advanced by a dispatcher that outlives it. */
function resolveStores({ stores, dispatcher }: StudioOptions, clock: Clock): Stores | OpenStores {
  if (typeof stores !== 'function' || !dispatcher) return stores ?? memoryStores({ clock })
  throw new TypeError('`dispatcher` needs `stores` that outlive a request, not a function')
}

function resolveEnvironment(declared: string | undefined, debug: boolean): string {
  const named = declared ?? readVariable('STUDIO_ENV') ?? readVariable('NODE_ENV')
  return named?.toLowerCase() ?? (debug ? 'development' : 'production')
}
