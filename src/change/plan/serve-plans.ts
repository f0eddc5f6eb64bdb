import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { ChangeModule } from '../module.ts'

const tags = ['changes'] as const
const capability = 'ai_planner'

/** Returns the routes of plans (docs/guides/change.md). */
export function planRoutes(module: ChangeModule): Route[] {
  const plan = {
    capability,
    tags,
    method: 'POST',
    answer: async () => (await import('./plan-answers.ts')).planResultSchema,
    body: z.unknown(),
  } as const
  return [
    defineRoute({
      ...plan,
      name: 'plan_preview',
      operationId: 'previewPlan',
      errors: ['unprocessable', 'not_found', 'conflict', 'rate_limited', 'unsupported_capability'],
      path: '/ai/plan/preview',
      summary: 'What the steps of a plan would do together, as one change set. Nothing is written.',
      bodyShape: async () => (await import('./parse-plan.ts')).planBodySchema,
      handle: async ({ body }, exchange) =>
        (await import('./answer-plan.ts')).answerPlanPreview(module, exchange, body),
    }),
    defineRoute({
      ...plan,
      name: 'plan_apply',
      operationId: 'applyPlan',
      errors: ['unprocessable', 'not_found', 'conflict', 'rate_limited', 'unsupported_capability'],
      headers: ['x-ai-apply', 'prefer'],
      answers: { 202: async () => (await import('../sets/change-answers.ts')).changeSetSchema },
      path: '/ai/plan/apply',
      summary:
        'Does a plan that was previewed and approved, or the rest of it; needs X-AI-Apply: true.',
      bodyShape: async () => (await import('./parse-plan.ts')).planApplySchema,
      check: async (_params: unknown, exchange: Exchange) =>
        (await import('../sets/admit.ts')).requireIntent(exchange),
      handle: async ({ body }, exchange) =>
        (await import('./apply-plan.ts')).answerPlanApply(module, exchange, body),
    }),
    schemaRoute('plan', capability),
  ]
}

/** Returns the route that describes plans, or patches, as JSON Schema. */
export function schemaRoute(what: 'plan' | 'patch', needed: string): Route {
  return defineRoute({
    capability: needed,
    tags,
    name: `${what}_schema`,
    operationId: what === 'plan' ? 'describePlans' : 'describePatches',
    answer: async () => (await import('./plan-answers.ts')).changeSchemasSchema,
    method: 'GET',
    path: what === 'plan' ? '/ai/plan/schema' : '/ai/patch/schema',
    summary: what === 'plan' ? 'JSON Schema of a plan.' : 'JSON Schemas of patches.',
    handle: async () => {
      const { describePlans, describePatches } = await import('./describe-schemas.ts')
      return what === 'plan' ? describePlans() : describePatches()
    },
  })
}
