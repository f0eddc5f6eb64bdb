import type { Exchange } from '../../../http/exchange.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { protocolLevel } from '../../../introspection/wire.ts'
import type { ChangeWork } from '../../module.ts'

/** What a check found, and why it failed; null if it did not. */
export interface CheckOutcome {
  readonly output: JsonObject
  readonly error: string | null
}

/** How many names of models an answer shows. */
const maxNames = 200

/** Looks at the live database and at what is known of the project. */
export async function checkHealth(
  { introspection }: ChangeWork,
  exchange: Exchange,
): Promise<CheckOutcome> {
  return introspection.withScope(exchange, async (scope) => {
    const [database, snapshot] = await Promise.all([scope.status(), scope.snapshot(true)])
    const checks = {
      app_running: true,
      database_configured: scope.database !== null,
      database_connected: database.connected,
      models_registered: snapshot.exposure === 'known',
      routes_configured: snapshot.routes.length > 0,
      project_readable: snapshot.problems.length === 0,
    }
    const failed = Object.entries(checks).flatMap(([name, holds]) => (holds ? [] : [name]))
    return {
      output: { checks, healthy: failed.length === 0, problems: snapshot.problems.slice(0, 20) },
      error: failed.length === 0 ? null : `The project is not healthy: ${failed.join(', ')}`,
    }
  })
}

/** Summarises what the project has, as clients see it. */
export async function summarizeContext(
  { introspection }: ChangeWork,
  exchange: Exchange,
): Promise<CheckOutcome> {
  return introspection.withScope(exchange, async (scope) => {
    const { models, resources, routes, tools, migrations } = await scope.snapshot(true)
    const { total, applied, pending } = migrations
    return {
      output: {
        context_summary: {
          framework_version: protocolLevel,
          counts: {
            models: models.length,
            viewsets: resources.length,
            routes: routes.length,
            tools: tools.length,
            migrations: total,
            applied_migrations: applied,
            pending_migrations: pending,
          },
          models: models.slice(0, maxNames).map(({ app, name }) => `${app}.${name}`),
          viewsets: resources.slice(0, maxNames).map(({ model }) => model),
        },
      },
      error: null,
    }
  })
}
