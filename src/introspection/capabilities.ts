import type { Route } from '../http/route.ts'

/** Everything Studio may be able to do, in the order of the handshake. */
export const capabilities = [
  'read_schema',
  'read_data',
  'write_data',
  'read_migrations',
  'apply_migrations',
  'ai_tools',
  'ai_query',
  'ai_codegen',
  'ai_patch',
  'ai_planner',
  'admin_access',
  'debug_panels',
] as const

/** Capabilities of this library beyond those of the protocol; the handshake names them only where they are served. */
export const ownCapabilities = ['ai_sql', 'metrics'] as const

/** One capability that Studio may report to its clients. */
export type Capability = (typeof capabilities)[number] | (typeof ownCapabilities)[number]

/** Capabilities that are off until the option `allow` names them: they change something, take SQL from the caller, or count for all callers. */
const offByDefault: readonly Capability[] = [
  'write_data',
  'apply_migrations',
  'ai_sql',
  'ai_patch',
  'metrics',
]

/** Capabilities that show rows. Without `auth` they are off until `allow` names `read_data`. */
const dataReaders: readonly Capability[] = ['read_data', 'ai_query']

/** Capabilities that are never served without a database. */
const needDatabase: readonly Capability[] = ['read_data', 'apply_migrations', 'ai_query', 'ai_sql']

/** Returns the capabilities that a deployment serves: a route uses them, and everything they need is present. */
export function resolveCapabilities(
  routes: readonly Route[],
  deployment: {
    readonly allow: readonly Capability[]
    readonly hasDatabase: boolean
    /** True with the option `auth`. Without it, everybody who reaches the port would read the data. */
    readonly hasAuth: boolean
    /** True when a route of the project answers where its admin site is said to be. */
    readonly hasAdmin: boolean
    /** True with the option `debug`: clients are told to show the panels. */
    readonly hasPanels: boolean
    /** True when tools reach an application. Its writes do not need Studio's database, because it has its own. */
    readonly toolsCanWrite: boolean
  },
): Capability[] {
  const { allow, hasDatabase, hasAuth, hasAdmin, hasPanels, toolsCanWrite } = deployment
  const readsData = hasAuth || allow.includes('read_data')
  const served = new Set<unknown>(routes.map((route) => route.capability))
  if (toolsCanWrite) served.add('write_data')
  if (hasAdmin) served.add('admin_access')
  if (hasPanels) served.add('debug_panels')
  if (routes.some(({ name }) => name === 'query_execute')) served.add('ai_query')
  return [...capabilities, ...ownCapabilities].filter(
    (name) =>
      served.has(name) &&
      (!offByDefault.includes(name) || allow.includes(name)) &&
      (readsData || !dataReaders.includes(name)) &&
      (!needDatabase.includes(name) || hasDatabase),
  )
}

/**
 * Maps the name of every endpoint that this deployment serves to its path as clients see it. A path with parameters is a
 * template of RFC 6570, `/ai/tools/{name}` (docs/decisions/094-every-endpoint-in-the-handshake.md).
 */
export function resolveEndpoints(
  routes: readonly Route[],
  granted: readonly Capability[],
  publicPath: string,
): Record<string, string> {
  return Object.fromEntries(
    routes
      .filter(
        ({ capability }) => !capability || (granted as readonly unknown[]).includes(capability),
      )
      .map(({ name, path }) => [name, publicPath + path.replace(/:(\w+)/g, '{$1}')]),
  )
}

/** True for the path of an endpoint that has parameters. */
export function isTemplate(path: string): boolean {
  return /\{\w+\}/.test(path)
}
