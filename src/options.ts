import { inProcessDispatcher } from './agents/dispatch/in-process.ts'
import type { Dispatcher } from './agents/dispatch/dispatcher.ts'
import { guardDispatcher } from './agents/dispatch/guarded.ts'
import type { Protocol } from './agents/protocol.ts'
import type { ReporterSettings, Reports } from './agents/engine/reports.ts'
import type { Reporter } from './agents/reporter.ts'
import type { ConsoleAssets } from './http/console/assets.ts'
import { type Authenticate, toAuthenticate } from './http/guards.ts'
import { type Clock, type Ids, randomIds, systemClock } from './lib/clock.ts'
import { type KnownKeys, refuseUnknownKeys } from './lib/options/known-keys.ts'
import { checkOnDisconnect } from './lib/options/on-disconnect.ts'
import { type Limits, resolveLimits } from './lib/options/limits.ts'
import { checkDuration } from './lib/options/numbers.ts'
import { createReport, type ErrorHook } from './lib/options/report.ts'
import type { Capability } from './introspection/capabilities.ts'
import { readVariable } from './lib/environment.ts'
import type { ChangeOptions } from './change/module.ts'
import type { Workspace } from './change/workspace.ts'
import type { Database, OpenDatabase } from './project/database.ts'
import { defineProject } from './project/define-project.ts'
import type { Project } from './project/project.ts'
import { memoryStores } from './storage/memory/index.ts'
import type { OpenStores, Stores } from './storage/store.ts'

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
  /** The web console, `consoleAssets()` of `fetch-studio/console`: served at `<basePath>/console`, without `auth`, because it holds no data. @default none */
  console?: ConsoleAssets
  /**
   * Other protocols in which the agents are served, `aiSdkUi()` and the other functions of `fetch-studio/protocols`: chat UIs and agents that
   * speak them need no code of their own. Their paths are below `basePath`, behind the same `auth`. @default none
   */
  protocols?: readonly Protocol[]
  /** Spans and metrics of runs over OTLP, and `GET /metrics`: `telemetry()` of `fetch-studio/telemetry` (docs/guides/telemetry.md). @default none */
  telemetry?: Reporter
  /** HTTP requests to other systems when runs end and people are asked: `webhooks()` of `fetch-studio/webhooks` (docs/guides/webhooks.md). @default none */
  webhooks?: Reporter
  /** The database to introspect. A function opens one for each request (Workers). @default none */
  database?: Database | OpenDatabase
  /**
   * The files that change sets may write, `nodeWorkspace()` of `fetch-studio/node`. It is used only if `allow` names `ai_patch` or `ai_codegen`
   * (docs/guides/change.md). @default none
   */
  workspace?: Workspace
  /** How change sets are decided on and how long they wait. Each has a default. */
  changes?: ChangeOptions
  /**
   * Capabilities to turn on: `write_data`, `apply_migrations`, `ai_patch` and `ai_codegen` (files of the `workspace`), `ai_sql` (SQL of callers, docs/guides/query-and-context.md), and
   * without `auth` also `read_data`, because rows would be open to everybody who reaches the port. `fetch-studio dev` adds `read_data` on loopback. @default []
   */
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
  /** Limits that protect the host: bodies, runs, queues and streams. Each has a default. */
  limits?: Limits
  /**
   * What happens to a run whose client disconnects: it continues, or it is cancelled. An agent's `onDisconnect` and a
   * request's `cancelOnDisconnect` take precedence. @default 'continue'
   */
  onDisconnect?: 'continue' | 'cancel'
  /** Decides which process advances runs, and when. @default inProcessDispatcher() */
  dispatcher?: Dispatcher
  /** The lease of a run, in milliseconds: after a crash, another process can take the run over after this time. @default 30_000 */
  leaseMs?: number
  /** How long `close` waits for turns and tools in progress, in milliseconds. @default 5_000 */
  shutdownMs?: number
  /**
   * Receives every failure as it was thrown, with its cause: masked errors, and what failed in a tool, a model or a policy.
   * `request` is absent for the work of runs, `context` names the run, the agent and the tool. Client errors are not
   * reported. A hook that throws or rejects changes nothing. @default prints one line and the stack, without secrets
   */
  onError?: ErrorHook
  /** The source of the current time. @default the clock of the host */
  clock?: Clock
  /** The source of new ids. @default the random source of the host */
  ids?: Ids
}

const knownOptions: KnownKeys<StudioOptions> = {
  project: true,
  stores: true,
  sessions: true,
  introspection: true,
  ai: true,
  console: true,
  protocols: true,
  telemetry: true,
  webhooks: true,
  database: true,
  workspace: true,
  changes: true,
  allow: true,
  environment: true,
  debug: true,
  pingTimeoutMs: true,
  snapshotMaxAgeMs: true,
  allowedOrigins: true,
  allowedHosts: true,
  auth: true,
  basePath: true,
  publicPath: true,
  limits: true,
  onDisconnect: true,
  dispatcher: true,
  leaseMs: true,
  shutdownMs: true,
  onError: true,
  clock: true,
  ids: true,
}

const synonyms = {
  agents: 'the first argument',
  token: 'auth: { token }',
  authentication: 'auth',
  authenticate: 'auth',
  cors: 'allowedOrigins',
  origins: 'allowedOrigins',
  origin: 'allowedOrigins',
  hosts: 'allowedHosts',
  db: 'database',
  sql: 'database: postgresDatabase(sql)',
  store: 'stores',
  storage: 'stores',
  prefix: 'basePath',
  path: 'basePath',
  logger: 'onError',
  ui: 'console: consoleAssets()',
  name: 'project: defineProject({ name })',
  port: 'serve(studio, { port })',
  hostname: 'serve(studio, { hostname })',
  bodyBytes: 'limits: { bodyBytes }',
}

type Serve = (studio: ReporterSettings) => Reports

// One hundred years.
const maxLeaseMs = 3_155_760_000_000

/** Fills in every default, so that no module has to do it again. */
export function resolveOptions(options: StudioOptions) {
  refuseUnknownKeys('new Studio', options, knownOptions, synonyms)
  const { auth, clock = systemClock, protocols = [] } = options
  const onError = createReport(options.onError)
  const shutdownMs = checkDuration('shutdownMs', options.shutdownMs ?? 5_000, {
    zero: true,
    infinite: true,
  })
  const project = options.project ?? defineProject({ name: 'Studio' })
  const debug = options.debug ?? project.debug ?? false
  const environment = resolveEnvironment(options.environment ?? project.environment, debug)
  const shared = { project, environment, allow: resolveAllow(options), ...resolvePrefixes(options) }
  return {
    ...shared,
    reports: [
      ...protocols.map((protocol) => protocol.reporter),
      options.telemetry,
      options.webhooks,
    ].flatMap((reporter) => (reporter ? (reporter.serve as Serve)(shared) : [])),
    database: options.database ?? null,
    stores: resolveStores(options, clock),
    sessions: options.sessions ?? true,
    introspection: options.introspection ?? true,
    ai: options.ai ?? true,
    console: options.console,
    protocols,
    debug,
    pingTimeoutMs: checkDuration('pingTimeoutMs', options.pingTimeoutMs ?? 2_000),
    snapshotMaxAgeMs: checkDuration('snapshotMaxAgeMs', options.snapshotMaxAgeMs ?? 1_000, {
      zero: true,
      infinite: true,
    }),
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts,
    auth: auth === undefined ? undefined : toAuthenticate(auth),
    limits: resolveLimits(options.limits),
    onDisconnect: checkOnDisconnect(options.onDisconnect ?? 'continue'),
    dispatcher: guardDispatcher(
      options.dispatcher ?? inProcessDispatcher({ clock, onError }),
      shutdownMs,
      onError,
    ),
    // The time of a lease is added to dates, which end.
    leaseMs: Math.min(checkDuration('leaseMs', options.leaseMs ?? 30_000), maxLeaseMs),
    shutdownMs,
    onError,
    clock,
    ids: options.ids ?? randomIds,
  }
}

/** The command `dev`, which serves on loopback only, names `read_data` by a variable. No other capability can be named so. */
function resolveAllow({ allow = [] }: StudioOptions): readonly Capability[] {
  const isNamed = readVariable('STUDIO_ALLOW') === 'read_data' && !allow.includes('read_data')
  return isNamed ? [...allow, 'read_data'] : allow
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
