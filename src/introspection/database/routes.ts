import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the routes about the database itself: its objects, and what it is doing. */
export function databaseRoutes(introspection: IntrospectionModule): Route[] {
  return [
    defineRoute({
      name: 'database_activity',
      operationId: 'getDatabaseActivity',
      tags: ['query'],
      answer: async () => (await import('./wire.ts')).activitySchema,
      method: 'GET',
      path: '/ai/database/activity',
      summary: 'What the database is doing.',
      capability: 'read_data',
      handle: async (_input, exchange) =>
        (await import('./activity.ts')).answerActivity(introspection, exchange),
    }),
    defineRoute({
      name: 'context_database',
      operationId: 'listDatabaseObjects',
      tags: ['context'],
      answer: async () => (await import('./wire.ts')).objectListSchema,
      errors: ['not_found'],
      method: 'GET',
      path: '/ai/context/database/:kind',
      summary: 'The objects of the database by kind.',
      capability: 'read_schema',
      etag: (answer) => answer,
      handle: async ({ params }, exchange) =>
        (await import('./objects.ts')).answerObjects(params.kind, introspection, exchange),
    }),
  ]
}
