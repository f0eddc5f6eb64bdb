import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'
import type { ContextPart } from './context-answers.ts'
import { contextQuery } from './wire.ts'

const parts: Readonly<Record<ContextPart, string>> = {
  models: 'The models, shortened by `detail`, `match` and `maxTokens`.',
  viewsets: 'The resources, and which operations each supports.',
  routes: 'The routes of the project and of Studio.',
  migrations: 'The migrations, applied or not.',
  settings: 'The settings that are not secret.',
  admin: 'The admin site.',
}

/** Returns `GET /ai/context/full`, and one route for each part of it (docs/contracts/introspection.md, 4.1). */
export function contextRoutes(introspection: IntrospectionModule): Route[] {
  return [
    fullRoute(introspection),
    ...Object.entries(parts).map(([part, summary]) =>
      partRoute(introspection, part as ContextPart, summary),
    ),
    modelRoute(introspection),
  ]
}

function fullRoute(introspection: IntrospectionModule): Route {
  return defineRoute({
    name: 'context_full',
    operationId: 'getFullContext',
    tags: ['context'],
    method: 'GET',
    path: '/ai/context/full',
    summary: 'Everything about the project in one document.',
    capability: 'read_schema',
    answer: async () => (await import('./context-answers.ts')).fullContextSchema,
    query: contextQuery,
    etag: (answer) => answer,
    handle: async ({ query }, exchange) =>
      (await import('./full.ts')).answerFullContext(introspection, exchange, query),
  })
}

function partRoute<Part extends ContextPart>(
  introspection: IntrospectionModule,
  part: Part,
  summary: string,
): Route {
  return defineRoute({
    name: `context_${part}`,
    operationId: `getContext${part[0]?.toUpperCase()}${part.slice(1)}`,
    tags: ['context'],
    method: 'GET',
    path: `/ai/context/${part}`,
    summary,
    capability: 'read_schema',
    answer: async () => (await import('./context-answers.ts')).partAnswer(part),
    ...(part === 'models' ? { query: contextQuery } : {}),
    etag: (answer) => answer,
    async handle({ query }, exchange) {
      const { readContextPart } = await import('./part.ts')
      return introspection.withScope(exchange, (scope) =>
        readContextPart(part, { introspection, scope, query: { ...query } }),
      )
    },
  })
}

function modelRoute({ withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'context_model',
    operationId: 'getContextModel',
    tags: ['context'],
    method: 'GET',
    path: '/ai/context/models/:model',
    summary: 'One model in full, with its keys, indexes and checks.',
    capability: 'read_schema',
    answer: async () => (await import('./context-answers.ts')).contextModelSchema,
    errors: ['not_found'],
    etag: (answer) => answer,
    async handle({ params: { model } }, exchange) {
      const { readContextModel } = await import('./part.ts')
      return withScope(exchange, (scope) => readContextModel(scope, model))
    },
  })
}
