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

/** One capability that Studio may report to its clients. */
export type Capability = (typeof capabilities)[number]

/** Capabilities that change something. They are off until the option `allow` names them. */
const writes: readonly Capability[] = ['write_data', 'apply_migrations']

/** Capabilities that show rows. Without `auth` they are off until `allow` names `read_data`. */
const dataReaders: readonly Capability[] = ['read_data', 'ai_query']

/** Capabilities that are never served without a database. */
const needDatabase: readonly Capability[] = ['read_data', 'apply_migrations', 'ai_query']

/** Returns the capabilities that a deployment serves: a route uses them, and everything they need is present. */
export function resolveCapabilities(
  routes: readonly Route[],
  deployment: {
    readonly allow: readonly Capability[]
    readonly hasDatabase: boolean
    /** True with the option `auth`. Without it, everybody who reaches the port would read the data. */
    readonly hasAuth: boolean
    /** True when tools reach an application. Its writes do not need Studio's database, because it has its own. */
    readonly toolsCanWrite: boolean
  },
): Capability[] {
  const { allow, hasDatabase, hasAuth, toolsCanWrite } = deployment
  const readsData = hasAuth || allow.includes('read_data')
  const served = new Set<unknown>(routes.map((route) => route.capability))
  if (toolsCanWrite) served.add('write_data')
  if (routes.some(({ name }) => name === 'query_execute')) served.add('ai_query')
  return capabilities.filter(
    (name) =>
      served.has(name) &&
      (!writes.includes(name) || allow.includes(name)) &&
      (readsData || !dataReaders.includes(name)) &&
      (!needDatabase.includes(name) || hasDatabase),
  )
}

/** Endpoints that the handshake lists first, in this order (docs/contracts/introspection.md, 1.2). */
const firstEndpoints = [
  'context_full',
  'context_summary',
  'health',
  'tools',
  'tools_mcp',
  'query_execute',
  'codegen_preview',
  'patch_preview',
  'patch_apply',
  'plan_preview',
  'plan_apply',
  'schema_health',
]

/**
 * Maps the name of every endpoint that this deployment serves to its path as clients see it. A path with parameters is a
 * template of RFC 6570, `/ai/tools/{name}` (docs/decisions/094-every-endpoint-in-the-handshake.md).
 */
export function resolveEndpoints(
  routes: readonly Route[],
  granted: readonly Capability[],
  publicPath: string,
): Record<string, string> {
  const rank = ({ name }: Route) => {
    const index = firstEndpoints.indexOf(name)
    return index < 0 ? firstEndpoints.length : index
  }
  return Object.fromEntries(
    routes
      .filter(
        ({ capability }) => !capability || (granted as readonly unknown[]).includes(capability),
      )
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ name, path }) => [name, publicPath + path.replace(/:(\w+)/g, '{$1}')]),
  )
}

/** True for the path of an endpoint that has parameters. */
export function isTemplate(path: string): boolean {
  return /\{\w+\}/.test(path)
}
