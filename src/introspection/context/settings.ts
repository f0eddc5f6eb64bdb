import type { Database } from '../../project/database.ts'
import type { Detail } from '../model/detail.ts'
import type { Introspection } from '../module.ts'
import { toPlanSchema } from '../query/schema.ts'

/** The settings of the project as far as they are known, null otherwise; nothing secret (contract introspection.md 4.1). */
export function toContextSettings(
  { project, debug, offer }: Introspection,
  database: Database | null,
): object {
  const labels = project.apps.map(({ label }) => label)
  const { capabilities, endpoints } = offer()
  return {
    app_title: project.name,
    app_version: project.version,
    debug,
    database_configured: database !== null,
    pool_min_size: null,
    pool_max_size: database?.pool().size ?? null,
    ai_enabled: capabilities.includes('ai_tools'),
    mcp_enabled: 'mcp' in endpoints,
    ai_debug_enabled: null,
    installed_apps: labels,
    apps: labels,
    log_level: null,
    log_requests: null,
    log_json: null,
    migrations_dir: null,
  }
}

/** The shapes that clients send to what this deployment serves. */
export function toContextSchemas({ offer }: Introspection, detail: Detail): object[] {
  if (!('query_execute' in offer().endpoints)) return []
  const plan = {
    name: 'AiQueryPlan',
    description: 'What POST /ai/query/execute takes: names and values, never SQL.',
    schema_type: 'zod',
  }
  return [detail === 'full' ? { ...plan, json_schema: toPlanSchema() } : plan]
}
