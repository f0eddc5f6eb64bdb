import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'

/** The endpoints of contract introspection.md 4.9: how healthy the schema is, its issues, and models beside tables. */
export function schemaRoutes(introspection: Introspection): Route[] {
  const shared = {
    method: 'GET',
    capability: 'read_schema',
    query: z.record(z.string(), z.string()),
    etag: (answer: unknown) => ({ ...(answer as object), inspected_at: null }),
  } as const
  const load = () => import('./answers.ts')
  return [
    defineRoute({
      ...shared,
      name: 'schema_health',
      path: '/ai/schema/health',
      summary: 'Do models and database agree, and which known mistakes does the schema make?',
      handle: async (_input, exchange) => (await load()).readHealth(introspection, exchange),
    }),
    defineRoute({
      ...shared,
      name: 'schema_issues',
      path: '/ai/schema/issues',
      summary: 'Issues of the schema, by severity, kind, rule, table or app.',
      handle: async ({ query }, exchange) =>
        (await load()).readIssues(introspection, exchange, query),
    }),
    defineRoute({
      ...shared,
      name: 'schema_diff',
      path: '/ai/schema/diff',
      summary: 'Each model beside its table, and where they differ.',
      handle: async ({ query }, exchange) =>
        (await load()).readDiff(introspection, exchange, query),
    }),
  ]
}
