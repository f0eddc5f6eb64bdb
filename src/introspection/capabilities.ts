import type { Route } from '../http/route.ts'

/** What Studio may do, in the order of the contract (introspection.md 2). */
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

/** One of `capabilities`. */
export type Capability = (typeof capabilities)[number]

/** Powers that change something: off until named in the option `allow`. */
const writes: readonly Capability[] = ['write_data', 'apply_migrations']
/** Powers over data: none without a database. */
const needDatabase: readonly Capability[] = ['read_data', 'apply_migrations', 'ai_query']

/** Answers what a deployment really serves: some route needs it, and nothing it needs is missing. In contract order. */
export function resolveCapabilities(
  routes: readonly Route[],
  facts: {
    readonly allow: readonly Capability[]
    readonly hasDatabase: boolean
    /** True where tools can reach an application that writes: one of its own database, so none is needed here. */
    readonly writesByTools: boolean
  },
): Capability[] {
  const { allow, hasDatabase, writesByTools } = facts
  const served = new Set<unknown>(routes.map((route) => route.capability))
  if (writesByTools) served.add('write_data')
  if (routes.some(({ name }) => name === 'query_execute')) served.add('ai_query')
  return capabilities.filter(
    (name) =>
      served.has(name) &&
      (!writes.includes(name) || allow.includes(name)) &&
      (!needDatabase.includes(name) || hasDatabase),
  )
}

/** The endpoints the contract names, in its order (introspection.md 1.2); every other one follows. */
const first = [
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

/** Maps every endpoint that this deployment answers to its path, as clients see it, with the router's parameters (`/ai/tools/:name`). */
export function resolveEndpoints(
  routes: readonly Route[],
  granted: readonly Capability[],
  publicPath: string,
): Record<string, string> {
  const rank = ({ name }: Route) => (first.includes(name) ? first.indexOf(name) : first.length)
  return Object.fromEntries(
    routes
      .filter(
        ({ capability }) => !capability || (granted as readonly unknown[]).includes(capability),
      )
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ name, path }) => [name, publicPath + path]),
  )
}
