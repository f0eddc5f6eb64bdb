import type { Database } from '../../project/database.ts'
import type { IntrospectionOptions } from '../module.ts'

/** The settings that `settings_checksum` covers. They are listed one by one, so that no secret can be among them. */
export function toSettings(options: IntrospectionOptions, database: Database | null): object {
  const { project, environment, debug, allow } = options
  return {
    app_title: project.name,
    app_version: project.version,
    environment,
    debug,
    allow: [...allow].sort(),
    ai_enabled: options.ai,
    app_configured: project.app !== null,
    database_configured: database !== null,
    pool_max_size: database?.pool().size ?? null,
    installed_apps: project.apps.map(({ label }) => label),
    viewsets: project.resources,
    ...(project.admin === null ? {} : { admin: project.admin }),
    project: project.settings,
  }
}
