import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the routes about the health of the database schema (docs/contracts/introspection.md, 4.9). */
export function schemaRoutes(introspection: IntrospectionModule): Route[] {
  const shared = {
    method: 'GET',
    capability: 'read_schema',
    query: z.record(z.string(), z.string()),
    etag: (answer: unknown) => ({ ...(answer as object), inspected_at: null }),
  } as const
  const load = () => import('./answers.ts') // keeps the core entry small
  return [
    defineRoute({
      ...shared,
      name: 'schema_health',
      path: '/ai/schema/health',
      summary: 'Do models and database agree, and which known mistakes does the schema make?',
      handle: async ({ query }, exchange) =>
        (await load()).readSchemaHealth(introspection, exchange, query),
    }),
    defineRoute({
      ...shared,
      name: 'schema_issues',
      path: '/ai/schema/issues',
      summary: 'Issues of the schema, by severity, kind, rule, table, app or preset of rules.',
      handle: async ({ query }, exchange) =>
        (await load()).readSchemaIssues(introspection, exchange, query),
    }),
    defineRoute({
      ...shared,
      name: 'schema_diff',
      path: '/ai/schema/diff',
      summary: 'Each model beside its table, and where they differ.',
      handle: async ({ query }, exchange) =>
        (await load()).readSchemaDiff(introspection, exchange, query),
    }),
  ]
}
