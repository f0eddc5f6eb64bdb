import type { Exchange } from '../http/exchange.ts'
import type { Route } from '../http/route.ts'
import type { Capability } from '../introspection/capabilities.ts'
import type { IntrospectionModule } from '../introspection/module.ts'
import type { Clock, Ids } from '../lib/clock.ts'
import { type KnownKeys, refuseUnknownKeys } from '../lib/options/known-keys.ts'
import { checkDuration } from '../lib/options/numbers.ts'
import { changeKinds } from '../records/change.ts'
import { memoryChangesOf } from '../storage/memory/changes.ts'
import type { OpenStores, Stores } from '../storage/store.ts'
import type {
  ApprovalNeed,
  ChangeEngine,
  ChangeModule,
  ChangeOptions,
  ModelCode,
} from './module.ts'
import { capabilityOf } from './capability-of.ts'
import { findPathFault } from './paths/names.ts'
import { changeRoutes } from './routes.ts'
import type { Workspace, WorkspaceFiles } from './workspace.ts'

/** What a studio gives to the endpoints of change sets. */
export interface ChangeHost {
  /** The options as they were given. `auth` can tell one person from another if it is a function. */
  readonly options: { readonly changes?: ChangeOptions; readonly auth?: unknown }
  readonly allow: readonly Capability[]
  /** Null without a database, from whose catalog migrations are computed. */
  readonly database: unknown
  readonly stores: Stores | OpenStores
  readonly leaseMs: number
  readonly clock: Clock
  readonly ids: Ids
  readonly engineOf: (exchange: Exchange) => ChangeEngine
  /** The prefix of the paths that clients see. */
  readonly publicPath: string
  readonly onError: (error: unknown, request?: Request) => void
}

/** The endpoints of change sets, as routes. */
export interface Changes {
  readonly changeRoutes: (introspection: IntrospectionModule) => Route[]
}

/** Joins files with the endpoints that change them. */
export function createWorkspace(files: WorkspaceFiles): Workspace {
  return { files, serve: (host: ChangeHost) => serveChanges(files, host) }
}

/**
 * Returns null unless there are stores for change sets and `allow` names `ai_patch` or, with a database, `ai_codegen` or
 * `ai_planner`.
 */
function serveChanges(
  workspace: WorkspaceFiles,
  { options, allow, database, stores, engineOf, ...host }: ChangeHost,
): Changes | null {
  const resolved = resolveChanges(options.changes, workspace)
  const changesOf = (opened: Stores) =>
    opened.kind === 'memory' ? memoryChangesOf(opened, host.clock) : opened.changes
  const isKept = typeof stores === 'function' || changesOf(stores) !== undefined
  const kinds = changeKinds.filter(
    (kind) => (kind === 'patch' || database !== null) && allow.includes(capabilityOf[kind]),
  )
  if (!isKept || kinds.length === 0) return null
  let owner: string | undefined
  const shared = {
    ...host,
    changesOf,
    engineOf,
    storesOf: (exchange: Exchange) => engineOf(exchange).stores,
    ...resolved,
    migrator: allow.includes('apply_migrations') ? resolved.migrator : null,
    kinds,
    namesCallers: typeof options.auth === 'function',
    workspace,
    owner: () => (owner ??= host.ids.uuid()),
    background: new Set<string>(),
  }
  return {
    changeRoutes(introspection) {
      if (kinds.includes('plan')) checkPlanner(resolved, stores, introspection)
      checkLabels(shared.models, introspection)
      const module: ChangeModule = { ...shared, introspection }
      return changeRoutes(module)
    },
  }
}

/**
 * The planner is an agent of the studio. Its tools have no request of their own, so that stores which are opened for each request
 * cannot be found.
 */
function checkPlanner(
  { planner }: ResolvedChanges,
  stores: Stores | OpenStores,
  { otherRoutes }: IntrospectionModule,
): void {
  if (planner === null) return
  if (typeof stores === 'function') {
    throw new TypeError('changes.planner needs stores that outlive a request, not a function')
  }
  const route = otherRoutes.find(({ name }) => name === 'create_run')
  try {
    if (!route) throw new TypeError('The studio runs no agents')
    void route.check?.({ agentId: planner }, {} as Exchange) // looks the id up
  } catch (error) {
    throw new TypeError(`changes.planner: the studio has no agent "${planner}"`, { cause: error })
  }
}

const approvalNeeds: Readonly<Record<ApprovalNeed, true>> = {
  always: true,
  destructive: true,
  never: true,
}

const knownOptions: KnownKeys<ChangeOptions> = {
  approve: true,
  expiresMs: true,
  shadow: true,
  proof: true,
  models: true,
  migrator: true,
  migrateMs: true,
  planner: true,
  mayDecide: true,
  mayApply: true,
}

type ResolvedChanges = Pick<
  ChangeModule,
  | 'approve'
  | 'expiresMs'
  | 'shadow'
  | 'proof'
  | 'migrator'
  | 'migrateMs'
  | 'planner'
  | 'models'
  | 'mayDecide'
  | 'mayApply'
>

/** One hundred years: the time is added to dates, which end. */
const maxExpiryMs = 3_155_760_000_000

function resolveChanges(
  { ...options }: ChangeOptions = {},
  { checkTypes }: Pick<WorkspaceFiles, 'checkTypes'>,
): ResolvedChanges {
  refuseUnknownKeys('changes', options, knownOptions)
  const { approve = 'always', expiresMs = 1_800_000, shadow = null, proof = 'optional' } = options
  const { migrator = null, migrateMs = 900_000, planner = null, models } = options
  if (!Object.hasOwn(approvalNeeds, approve)) {
    throw new TypeError('changes.approve must be "always", "destructive" or "never"')
  }
  if (planner !== null && (typeof planner !== 'string' || planner === '')) {
    throw new TypeError('changes.planner must be the id of an agent')
  }
  if (proof !== 'required' && proof !== 'optional') {
    throw new TypeError('changes.proof must be "required" or "optional"')
  }
  if (proof === 'required' && !shadow && !checkTypes) {
    throw new TypeError('changes.proof "required" needs changes.shadow, or a workspace with types')
  }
  return {
    ...resolvePolicies(options),
    approve,
    shadow,
    proof,
    migrator,
    planner,
    migrateMs: checkDuration('changes.migrateMs', migrateMs),
    models: resolveModels(models),
    expiresMs: Math.min(checkDuration('changes.expiresMs', expiresMs), maxExpiryMs),
  }
}

function resolvePolicies({
  mayDecide,
  mayApply,
}: ChangeOptions): Pick<ChangeModule, 'mayDecide' | 'mayApply'> {
  for (const [name, policy] of Object.entries({ mayDecide, mayApply })) {
    if (policy === undefined || typeof policy === 'function') continue
    throw new TypeError(`changes.${name} must be a function`)
  }
  return { mayDecide: mayDecide ?? null, mayApply: mayApply ?? null }
}

const modelKinds: Readonly<Record<ModelCode['kind'], true>> = {
  drizzle: true,
  prisma: true,
  zod: true,
}
const knownModelOptions: KnownKeys<ModelCode> = { kind: true, file: true }

function resolveModels(models: ChangeOptions['models'] = {}): ChangeModule['models'] {
  const entries = Object.entries(models).map(([label, { ...code }]) => {
    const name = `changes.models.${label}`
    refuseUnknownKeys(name, code, knownModelOptions)
    if (!Object.hasOwn(modelKinds, code.kind)) {
      throw new TypeError(`${name}.kind must be "drizzle", "prisma" or "zod"`)
    }
    const fault = typeof code.file === 'string' ? findPathFault(code.file) : 'it is no text'
    if (fault !== null) throw new TypeError(`${name}.file is no path below the workspace: ${fault}`)
    return [label, code] as const
  })
  return new Map(entries)
}

function checkLabels(models: ChangeModule['models'], { project }: IntrospectionModule): void {
  for (const label of models.keys()) {
    const app = project.apps.find((each) => each.label === label)
    if (!app) throw new TypeError(`changes.models.${label}: the project has no such app`)
    if (!app.migrations) throw new TypeError(`changes.models.${label}: the app has no migrations`)
  }
}
