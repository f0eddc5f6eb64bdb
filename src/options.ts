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

/** Limits of what a request may contain. */
export interface Limits {
  /** The maximum size of a request body, in bytes. Larger ones get a 413. @default 1_048_576 */
  bodyBytes?: number
}

/** Options of `Studio`; each has a default. */
export interface StudioOptions {
  /** The project that Studio introspects. @default a project named Studio without models */
  project?: Project
  /** Where to keep sessions, runs and approvals. A function opens stores for each request (Workers). @default memoryStores() */
  stores?: Stores | OpenStores
  /** Whether to serve sessions and traces. If false, their routes answer 501. @default true */
  sessions?: boolean
  /** Whether to serve the introspection routes, `/studio` and `/ai`. @default true */
  introspection?: boolean
  /** Whether to serve what only AI clients use: the tools, the MCP server and the structured query. @default true */
  ai?: boolean
  /** The database to introspect. A function opens one for each request (Workers). @default none */
  database?: Database | OpenDatabase
  /** Capabilities that write. Each is off until it is listed here. @default [] */
  allow?: readonly Capability[]
  /** The name of the environment, as reported to clients. @default the project's, STUDIO_ENV, NODE_ENV, else production (development with `debug`) */
  environment?: string
  /** Reports to clients that debugging is on. @default the project's, else false */
  debug?: boolean
  /** How long to wait for the database to answer a ping, in milliseconds. @default 2_000 */
  pingTimeoutMs?: number
  /** How long requests share a snapshot of the project, in milliseconds. @default 1_000 */
  snapshotMaxAgeMs?: number
  /** Browser origins to accept besides the request's own, compared exactly; `*` accepts every origin. @default [] */
  allowedOrigins?: readonly string[]
  /** `Host` names to accept, with or without port. @default any; with `serve()` on loopback, loopback names only */
  allowedHosts?: readonly string[]
  /** A bearer token, or a function that returns the caller of a request or null. @default no authentication */
  auth?: { readonly token: string } | Authenticate
  /** The prefix that a request's path still has when it reaches `fetch`; empty serves at the root. @default '' */
  basePath?: string
  /**
   * The prefix that clients see, for `Location`, the handshake's `endpoints` and the listed routes. It differs from
   * `basePath` behind a framework or proxy that strips or rewrites the prefix. @default basePath
   */
  publicPath?: string
  /** Limits of what a request may contain. */
  limits?: Limits
  /** Decides which process advances runs, and when. @default inProcessDispatcher() */
  dispatcher?: Dispatcher
  /** The lease of a run, in milliseconds: after a crash, another process can take the run over after this time. @default 30_000 */
  leaseMs?: number
  /** How long `close` waits for turns and tools in progress, in milliseconds. @default 5_000 */
  shutdownMs?: number
  /** Receives every masked error, but no client errors. `request` is absent for background work. @default console.error */
  onError?: (error: unknown, request?: Request) => void
  /** The source of the current time. @default the clock of the host */
  clock?: Clock
  /** The source of new ids. @default the random source of the host */
  ids?: Ids
}

/** Fills in every default, so that no module has to do it again. */
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

// A dispatcher outlives requests, so it cannot use stores that are opened for one.
function resolveStores({ stores, dispatcher }: StudioOptions, clock: Clock): Stores | OpenStores {
  if (typeof stores !== 'function' || !dispatcher) return stores ?? memoryStores({ clock })
  throw new TypeError('`dispatcher` needs `stores` that outlive a request, not a function')
}

function resolveEnvironment(declared: string | undefined, debug: boolean): string {
  const named = declared ?? readVariable('STUDIO_ENV') ?? readVariable('NODE_ENV')
  return named?.toLowerCase() ?? (debug ? 'development' : 'production')
}
