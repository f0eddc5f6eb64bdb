import { defineRoute, type Route } from '../../http/route.ts'

/** `POST /ai/query/plan/schema` (contract introspection.md 4.4): what a query may look like; a body is ignored. */
export function queryPlanSchemaRoute(): Route {
  return defineRoute({
    name: 'query_plan_schema',
    method: 'POST',
    path: '/ai/query/plan/schema',
    summary: 'JSON Schema of a query plan, and its lookups.',
    capability: 'read_data',
    async handle() {
      const { describePlan } = await import('./schema.ts')
      return describePlan()
    },
  })
}
