import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the routes by which AI clients read rows (docs/contracts/introspection.md, 4.4). */
export function queryRoutes(introspection: IntrospectionModule): Route[] {
  return [executeRoute(introspection), modelsRoute(introspection), planSchemaRoute()]
}

function executeRoute({ withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'query_execute',
    operationId: 'executeQuery',
    tags: ['query'],
    answer: async () => (await import('./execute.ts')).queryResultSchema,
    errors: ['rate_limited'],
    method: 'POST',
    path: '/ai/query/execute',
    summary: 'Rows of one model, filtered, sorted and paged by a structured plan.',
    capability: 'read_data',
    body: z.unknown(),
    async handle({ body }, exchange) {
      const { executeQuery, parseQuery } = await import('./execute.ts')
      const query = parseQuery(body)
      return withScope(exchange, (scope) => executeQuery(query, scope, exchange.request.signal))
    },
  })
}

function modelsRoute({ withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'query_models',
    operationId: 'listQueryModels',
    tags: ['query'],
    answer: async () => (await import('./query-answers.ts')).queryModelsSchema,
    method: 'GET',
    path: '/ai/query/models',
    summary: 'The models a query may name, with their fields.',
    capability: 'read_data',
    etag: (answer) => answer,
    async handle(_input, exchange) {
      const { describeModels } = await import('./describe.ts')
      return withScope(exchange, async (scope) => describeModels(await scope.snapshot()))
    },
  })
}

/** Ignores the body of the request. */
function planSchemaRoute(): Route {
  return defineRoute({
    name: 'query_plan_schema',
    operationId: 'describeQueryPlan',
    tags: ['query'],
    answer: async () => (await import('./query-answers.ts')).planDescriptionSchema,
    method: 'POST',
    path: '/ai/query/plan/schema',
    summary: 'JSON Schema of a query plan, and its lookups.',
    capability: 'read_data',
    async handle() {
      const { describePlan } = await import('./describe.ts')
      return describePlan()
    },
  })
}
