import { z } from 'zod'
import type { Exchange } from '../http/exchange.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { changeStatuses } from '../records/change.ts'
import { capabilityOf } from './capability-of.ts'
import type { ChangeModule } from './module.ts'
import { planRoutes, schemaRoute } from './plan/serve-plans.ts'

const tags = ['changes'] as const

/** What the routes of all kinds of change sets have in common. They are there for any kind that is allowed. */
function commonOf({ kinds }: ChangeModule) {
  const common = { capability: capabilityOf[kinds[0] ?? 'patch'], tags }
  const answer = async () => (await import('./sets/change-answers.ts')).changeSetSchema
  return { common, item: { ...common, answer } }
}

/** Refuses a write without its header, before the body is read. */
const checkIntent = async (_params: unknown, exchange: Exchange): Promise<void> =>
  (await import('./sets/admit.ts')).requireIntent(exchange)

/** Returns the routes of patches and change sets (docs/guides/change.md). Their code is loaded by the first request. */
export function changeRoutes(module: ChangeModule): Route[] {
  const { kinds } = module
  return [
    ...(kinds.includes('codegen') ? [codegenRoute(module)] : []),
    ...(kinds.includes('patch') ? [...patchRoutes(module), schemaRoute('patch', 'ai_patch')] : []),
    ...(kinds.includes('plan') ? planRoutes(module) : []),
    ...readRoutes(module),
    ...actRoutes(module),
    ...(module.migrator ? [migrateRoute(module)] : []),
  ]
}

function codegenRoute(module: ChangeModule): Route {
  return defineRoute({
    capability: 'ai_codegen',
    tags,
    answer: async () => (await import('./codegen/codegen-answers.ts')).codegenResultSchema,
    name: 'codegen_preview',
    operationId: 'previewCodegen',
    errors: ['conflict', 'unprocessable', 'unsupported_capability'],
    method: 'POST',
    path: '/ai/codegen/preview',
    summary: 'The migration that changes of the model need, as a change set. No file is written.',
    body: z.unknown(),
    bodyShape: async () => (await import('./codegen/parse-request.ts')).codegenBodySchema,
    handle: async ({ body }, exchange) =>
      (await import('./codegen/answer-codegen.ts')).answerCodegen(module, exchange, body),
  })
}

function migrateRoute(module: ChangeModule): Route {
  return defineRoute({
    capability: 'apply_migrations',
    tags,
    answer: async () => (await import('./sets/change-answers.ts')).changeSetSchema,
    name: 'migrate_change',
    operationId: 'migrateChange',
    errors: ['not_found', 'conflict', 'unprocessable', 'rate_limited', 'unsupported_capability'],
    headers: ['x-ai-apply', 'prefer'],
    answers: { 202: async () => (await import('./sets/change-answers.ts')).changeSetSchema },
    method: 'POST',
    path: '/ai/changes/:changeId/migrate',
    summary: 'Runs the migration of an applied change set; needs X-AI-Apply: true.',
    check: checkIntent,
    body: z.unknown(),
    bodyShape: async () => (await import('./migrate/run-migration.ts')).migrateBodySchema,
    handle: async ({ params, body }, exchange) =>
      (await import('./migrate/run-migration.ts')).answerMigration(module, exchange, {
        id: params.changeId,
        body,
      }),
  })
}

function patchRoutes(module: ChangeModule): Route[] {
  const patch = {
    capability: 'ai_patch',
    tags,
    answer: async () => (await import('./patch/patch-answers.ts')).patchResultSchema,
    method: 'POST',
    body: z.unknown(),
  } as const
  return [
    defineRoute({
      ...patch,
      name: 'patch_preview',
      operationId: 'previewPatch',
      errors: ['unprocessable', 'unsupported_capability'],
      path: '/ai/patch/preview',
      summary: 'What edits of files would change, as a change set. No file is written.',
      bodyShape: async () => (await import('./patch/request.ts')).patchRequestSchema,
      handle: async ({ body }, exchange) =>
        (await import('./patch/answer-patch.ts')).answerPreview(module, exchange, body),
    }),
    defineRoute({
      ...patch,
      name: 'patch_apply',
      operationId: 'applyPatch',
      errors: ['unprocessable', 'not_found', 'conflict', 'unsupported_capability'],
      headers: ['x-ai-apply'],
      path: '/ai/patch/apply',
      summary: 'Writes a change set that was previewed and approved; needs X-AI-Apply: true.',
      bodyShape: async () => (await import('./patch/request.ts')).applyRequestSchema,
      check: checkIntent,
      handle: async ({ body }, exchange) =>
        (await import('./patch/answer-patch.ts')).answerApply(module, exchange, body),
    }),
  ]
}

function readRoutes(module: ChangeModule): Route[] {
  const { common, item } = commonOf(module)
  return [
    defineRoute({
      ...common,
      name: 'changes',
      operationId: 'listChanges',
      answer: async () => (await import('./sets/change-answers.ts')).changePageSchema,
      errors: ['unsupported_capability'],
      method: 'GET',
      path: '/ai/changes',
      summary: 'Change sets, the latest first.',
      query: z.object({
        limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(50),
        cursor: z.string().optional(),
        status: z.enum(changeStatuses).optional(),
      }),
      handle: async ({ query }, exchange) =>
        (await import('./sets/endpoints.ts')).listChanges(module, exchange, query),
    }),
    defineRoute({
      ...item,
      name: 'change',
      operationId: 'getChange',
      errors: ['not_found', 'unsupported_capability'],
      method: 'GET',
      path: '/ai/changes/:changeId',
      summary: 'One change set with its texts and its history.',
      handle: async ({ params }, exchange) =>
        (await import('./sets/endpoints.ts')).readChange(module, exchange, params.changeId),
    }),
    defineRoute({
      ...common,
      name: 'change_trace',
      operationId: 'getChangeTrace',
      answer: async () => (await import('./sets/trace/trace-answers.ts')).changeTraceSchema,
      errors: ['not_found', 'unsupported_capability'],
      method: 'GET',
      path: '/ai/changes/:changeId/trace',
      summary: 'What happened to a change set, as spans without contents.',
      handle: async ({ params }, exchange) =>
        (await import('./sets/endpoints.ts')).readChangeTrace(module, exchange, params.changeId),
    }),
  ]
}

function actRoutes(module: ChangeModule): Route[] {
  const { item } = commonOf(module)
  return [
    defineRoute({
      ...item,
      name: 'decide_change',
      operationId: 'decideChange',
      errors: ['not_found', 'conflict', 'unsupported_capability'],
      method: 'POST',
      path: '/ai/changes/:changeId/decision',
      summary: 'Approves or rejects a change set.',
      body: z.unknown(),
      bodyShape: async () => (await import('./sets/decide.ts')).decisionSchema,
      handle: async ({ params, body }, exchange) =>
        (await import('./sets/endpoints.ts')).decideChange(module, exchange, {
          id: params.changeId,
          body,
        }),
    }),
    defineRoute({
      ...item,
      name: 'apply_change',
      operationId: 'applyChange',
      errors: ['not_found', 'conflict', 'unsupported_capability'],
      headers: ['x-ai-apply'],
      method: 'POST',
      path: '/ai/changes/:changeId/apply',
      summary: 'Writes a change set that was previewed and approved; needs X-AI-Apply: true.',
      check: checkIntent,
      body: z.unknown(),
      bodyShape: async () => (await import('./sets/decide.ts')).applyBodySchema,
      handle: async ({ params, body }, exchange) =>
        (await import('./sets/endpoints.ts')).applyChange(module, exchange, {
          id: params.changeId,
          body,
        }),
    }),
    defineRoute({
      ...item,
      name: 'roll_back_change',
      operationId: 'rollBackChange',
      errors: ['not_found', 'conflict', 'unsupported_capability'],
      headers: ['x-ai-apply'],
      method: 'POST',
      path: '/ai/changes/:changeId/rollback',
      summary: 'Restores the files of an applied change set; needs X-AI-Apply: true.',
      check: checkIntent,
      handle: async ({ params }, exchange) =>
        (await import('./sets/endpoints.ts')).rollBackChange(module, exchange, params.changeId),
    }),
  ]
}
