import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'
import type { ObjectKind } from './wire.ts'

const kinds: Readonly<Record<ObjectKind, string>> = {
  functions: 'The functions, procedures and aggregates of the database.',
  triggers: 'The triggers of visible tables.',
  policies: 'The row security policies of visible tables.',
  grants: 'Which roles have which privileges on visible tables.',
  sequences: 'The sequences, and the columns that own them.',
  types: 'The enums, domains and composite types.',
  views: 'The views and materialized views that queries can name.',
}

/** Returns the routes about the database itself: its objects, and what it is doing. */
export function databaseRoutes(introspection: IntrospectionModule): Route[] {
  return [
    activityRoute(introspection),
    ...Object.entries(kinds).map(([kind, summary]) =>
      objectsRoute(introspection, kind as ObjectKind, summary),
    ),
  ]
}

function activityRoute({ withScope, clock }: IntrospectionModule): Route {
  return defineRoute({
    name: 'database_activity',
    method: 'GET',
    path: '/ai/database/activity',
    summary: 'Connections, locks, long transactions, cache and the most expensive statements.',
    capability: 'read_data',
    async handle(_input, exchange) {
      const { readActivity } = await import('./activity.ts')
      return withScope(exchange, (scope) => readActivity(scope, clock))
    },
  })
}

function objectsRoute(
  { withScope }: IntrospectionModule,
  kind: ObjectKind,
  summary: string,
): Route {
  return defineRoute({
    name: `context_database_${kind}`,
    method: 'GET',
    path: `/ai/context/database/${kind}`,
    summary,
    capability: 'read_schema',
    etag: (answer) => answer,
    async handle(_input, exchange) {
      const { listObjects } = await import('./objects.ts')
      return withScope(exchange, (scope) => listObjects(kind, scope))
    },
  })
}
