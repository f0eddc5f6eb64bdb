import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the route that runs SQL of callers. It is refused until `allow` names `ai_sql`. */
export function sqlRoutes(introspection: IntrospectionModule): Route[] {
  return [
    defineRoute({
      name: 'sql',
      operationId: 'runSql',
      tags: ['query'],
      answer: async () => (await import('./wire.ts')).sqlAnswerSchema,
      errors: ['rate_limited'],
      method: 'POST',
      path: '/ai/sql',
      summary: 'Rows of one SELECT.',
      capability: 'ai_sql',
      body: z.unknown(),
      bodyShape: async () => (await import('./wire.ts')).sqlRequestSchema,
      handle: async ({ body }, exchange) =>
        (await import('./run-sql.ts')).answerSql(body, introspection, exchange),
    }),
  ]
}
