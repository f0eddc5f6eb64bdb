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
const needDatabase: readonly Capability[] = ['read_data', 'write_data', 'apply_migrations']

/** Answers what a deployment really serves: some route needs it, and nothing it needs is missing. In contract order. */
export function resolveCapabilities(
  routes: readonly Route[],
  { allow, hasDatabase }: { allow: readonly Capability[]; hasDatabase: boolean },
): Capability[] {
  const served = new Set(routes.map((route) => route.capability))
  return capabilities.filter(
    (name) =>
      served.has(name) &&
      (!writes.includes(name) || allow.includes(name)) &&
      (!needDatabase.includes(name) || hasDatabase),
  )
}

/** The endpoints a handshake may advertise, in the order of the contract (introspection.md 1.2). */
const advertised = [
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

/** Maps the advertised endpoints that this deployment answers to their paths. */
export function resolveEndpoints(
  routes: readonly Route[],
  granted: readonly Capability[],
  basePath: string,
): Record<string, string> {
  const has = ({ capability }: Route) => (granted as readonly unknown[]).includes(capability)
  return Object.fromEntries(
    advertised.flatMap((name) =>
      routes
        .filter((route) => route.name === name && (route.capability === undefined || has(route)))
        .map((route) => [name, basePath + route.path]),
    ),
  )
}
