import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'
import type { Diagnostics } from './panels-answers.ts'

/**
 * Returns the views that the panels of a Studio client ask for: the process, the routes, the models and the issues
 * (docs/decisions/155-what-stands-behind-debug-panels.md).
 */
export function panelRoutes(introspection: IntrospectionModule): Route[] {
  const { withScope } = introspection
  const shared = { method: 'GET', capability: 'read_schema', tags: ['studio'] } as const
  const stable = { ...shared, etag: (answer: unknown) => answer } as const
  return [
    defineRoute({
      ...shared,
      name: 'runtime_info',
      operationId: 'getRuntimeInfo',
      path: '/studio/runtime/info',
      summary: 'The process that hosts the project.',
      answer: async () => (await import('./panels-answers.ts')).runtimeInfoSchema,
      handle: (_, exchange) =>
        withScope(exchange, async (scope) =>
          (await import('./runtime-info.ts')).readRuntimeInfo(introspection, scope),
        ),
    }),
    defineRoute({
      ...stable,
      name: 'runtime_routes',
      operationId: 'listRuntimeRoutes',
      path: '/studio/runtime/routes',
      summary: 'The routes of the project and of Studio.',
      answer: async () => (await import('./panels-answers.ts')).runtimeRoutesSchema,
      handle: (_, exchange) =>
        withScope(exchange, async (scope) =>
          (await import('./runtime-routes.ts')).listRuntimeRoutes(
            await scope.snapshot(),
            introspection,
          ),
        ),
    }),
    defineRoute({
      ...stable,
      name: 'models_inspect_all',
      operationId: 'inspectModels',
      path: '/studio/models/inspect/all',
      summary: 'All models with their fields, relations and constraints.',
      answer: async () => (await import('./panels-answers.ts')).inspectedModelsSchema,
      handle: (_, exchange) =>
        withScope(exchange, async (scope) =>
          (await import('./inspect-models.ts')).inspectModels(await scope.snapshot()),
        ),
    }),
    defineRoute({
      ...stable,
      name: 'models_inspect',
      operationId: 'inspectModel',
      path: '/studio/models/inspect/:model',
      summary: 'One model with its fields, relations and constraints.',
      answer: async () => (await import('./panels-answers.ts')).inspectedModelSchema,
      errors: ['not_found'],
      handle: ({ params: { model } }, exchange) =>
        withScope(exchange, async (scope) =>
          (await import('./inspect-models.ts')).inspectModel(await scope.snapshot(), model),
        ),
    }),
    diagnosticsRoute(introspection),
  ]
}

function diagnosticsRoute(introspection: IntrospectionModule): Route {
  return defineRoute({
    name: 'diagnostics',
    operationId: 'getDiagnostics',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/diagnostics',
    summary: 'What is wrong with the project, and what to do about it.',
    capability: 'read_schema',
    answer: async () => (await import('./panels-answers.ts')).diagnosticsSchema,
    etag(answer) {
      const { generated_at: _, duration_ms: __, ...rest } = answer as Diagnostics
      return rest
    },
    handle: async (_input, exchange) =>
      (await import('./diagnose.ts')).diagnose(introspection, exchange),
  })
}
