import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'

/** `POST /ai/query/execute`: rows of one model by a structured plan, read-only. */
export function queryExecuteRoute({ read }: Introspection): Route {
  return defineRoute({
    name: 'query_execute',
    method: 'POST',
    path: '/ai/query/execute',
    summary: 'Rows of one model, filtered, sorted and paged by a structured plan.',
    capability: 'read_data',
    body: z.unknown(),
    async handle({ body }, exchange) {
      const { executeQuery, parsePlan } = await import('./execute.ts')
      const plan = parsePlan(body)
      return read(exchange, (reading) => executeQuery(plan, reading, exchange.request.signal))
    },
  })
}
