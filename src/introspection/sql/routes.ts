import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the route that runs SQL of callers. It is refused until `allow` names `ai_sql`. */
export function sqlRoutes({ withScope }: IntrospectionModule): Route[] {
  return [
    defineRoute({
      name: 'sql',
      operationId: 'runSql',
      tags: ['query'],
      answer: async () => (await import('./wire.ts')).sqlAnswerSchema,
      errors: ['rate_limited'],
      method: 'POST',
      path: '/ai/sql',
      summary: 'Rows of one SELECT over the visible tables and columns.',
      capability: 'ai_sql',
      body: z.unknown(),
      async handle({ body }, exchange) {
        const { parseSql, runSql } = await import('./run-sql.ts')
        const request = parseSql(body)
        return withScope(exchange, (scope) => runSql(request, scope, exchange.request.signal))
      },
    }),
  ]
}
