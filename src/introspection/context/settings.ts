import type { Database } from '../../project/database.ts'
import type { Detail } from '../model/detail-levels.ts'
import type { IntrospectionModule } from '../module.ts'
import { toPlanSchema } from '../query/describe.ts'
import type { AdminSite, ContextSchema, ContextSettings } from './context-answers.ts'

/** Shows whether the project has an admin site. This library does not know which models it has. */
export function toAdminSite({ served }: IntrospectionModule): AdminSite {
  const enabled = served().capabilities.includes('admin_access')
  return { site_name: 'admin', enabled, registered_models: [], total_models: 0 }
}

/** Returns the settings of the project that are not secret; null for those this library does not know. */
export function toContextSettings(
  { project, debug, served }: IntrospectionModule,
  database: Database | null,
): ContextSettings {
  const labels = project.apps.map(({ label }) => label)
  const { capabilities, endpoints } = served()
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

/** Lists the request bodies that AI clients send to this deployment, at full detail with their JSON Schemas. */
export function toContextSchemas({ served }: IntrospectionModule, detail: Detail): ContextSchema[] {
  if (!('query_execute' in served().endpoints)) return []
  const plan = {
    name: 'AiQueryPlan',
    description: 'What POST /ai/query/execute takes: names and values, never SQL.',
    schema_type: 'zod' as const,
  }
  return [detail === 'full' ? { ...plan, json_schema: toPlanSchema() } : plan]
}
