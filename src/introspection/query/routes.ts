import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the routes by which AI clients read rows (docs/contracts/introspection.md, 4.4). */
export function queryRoutes(introspection: IntrospectionModule): Route[] {
  const capability = 'read_data'
  return [
    defineRoute({
      name: 'query_execute',
      operationId: 'executeQuery',
      tags: ['query'],
      answer: async () => (await import('./execute.ts')).queryResultSchema,
      errors: ['rate_limited'],
      method: 'POST',
      path: '/ai/query/execute',
      summary: 'Rows of one model, or groups of them, by a structured plan.',
      capability,
      body: z.unknown(),
      bodyShape: async () => (await import('./plan.ts')).queryRequestSchema,
      handle: async ({ body }, exchange) =>
        (await import('./execute.ts')).answerQuery(body, introspection, exchange),
    }),
    defineRoute({
      name: 'query_models',
      operationId: 'listQueryModels',
      tags: ['query'],
      answer: async () => (await import('./query-answers.ts')).queryModelsSchema,
      method: 'GET',
      path: '/ai/query/models',
      summary: 'The models a query may name, with their fields and relations.',
      capability,
      etag: (answer) => answer,
      handle: async (_input, exchange) =>
        (await import('./describe.ts')).answerModels(introspection, exchange),
    }),
    // The body of the request is ignored.
    defineRoute({
      name: 'query_plan_schema',
      operationId: 'describeQueryPlan',
      tags: ['query'],
      answer: async () => (await import('./query-answers.ts')).planDescriptionSchema,
      method: 'POST',
      path: '/ai/query/plan/schema',
      summary: 'JSON Schema of a query plan, and its lookups.',
      capability,
      handle: async () => (await import('./describe.ts')).describePlan(),
    }),
  ]
}
