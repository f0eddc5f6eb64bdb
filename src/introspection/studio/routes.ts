import { z } from 'zod'
import { json } from '../../http/respond.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'
import type { DatabaseStatus } from '../introspection-answers.ts'
import type { ContextSummary, Handshake } from './studio-answers.ts'

/** Returns the routes below `/studio`: what a client asks first, and what it polls. */
export function studioRoutes(introspection: IntrospectionModule): Route[] {
  return [
    handshakeRoute(introspection),
    contextSummaryRoute(introspection),
    healthRoute(introspection),
    migrationsSummaryRoute(introspection),
    migrationsRoute(introspection),
    handshakeSchemaRoute(introspection),
  ]
}

function handshakeRoute(introspection: IntrospectionModule): Route {
  return defineRoute({
    name: 'handshake',
    operationId: 'getHandshake',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/handshake',
    summary: 'What is this project, what can be done with it, and did anything change?',
    capability: 'read_schema',
    answer: async () => (await import('./studio-answers.ts')).handshakeSchema,
    etag(answer) {
      const { timestamp: _, database, ...rest } = answer as Handshake
      return { ...rest, database: toStableStatus(database) }
    },
    async handle(_input, exchange) {
      const { readHandshake } = await import('./handshake.ts')
      return introspection.withScope(exchange, (scope) => readHandshake(introspection, scope))
    },
  })
}

function contextSummaryRoute({ project, withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'context_summary',
    operationId: 'getContextSummary',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/context/summary',
    summary: 'The models and the numbers, without the details.',
    capability: 'read_schema',
    answer: async () => (await import('./studio-answers.ts')).contextSummarySchema,
    etag(answer) {
      // The schema checksum stands for the models, so that the tag costs the same for any number of models.
      const { models: _, database_status, ...rest } = answer as ContextSummary
      return { ...rest, database_status: toStableStatus(database_status) }
    },
    async handle(_input, exchange) {
      const { readContextSummary } = await import('./context-summary.ts')
      return withScope(exchange, (scope) => readContextSummary(project, scope))
    },
  })
}

/** Answers 200 also for a degraded project, unless `?strict=1` asks for 503 then. */
function healthRoute({ clock, withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'health',
    operationId: 'getStudioHealth',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/health',
    summary: 'Is the project up, and does its database answer?',
    query: z.object({ strict: z.string().optional() }),
    answer: async () => (await import('./studio-answers.ts')).healthSchema,
    answers: { 503: async () => (await import('./studio-answers.ts')).healthSchema },
    async handle({ query }, exchange) {
      const { readHealth } = await import('./health.ts')
      const health = await withScope(exchange, (scope) => readHealth(scope, clock))
      return query.strict === '1' && health.status === 'degraded' ? json(health, 503) : health
    },
  })
}

function migrationsSummaryRoute({ withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'migrations_summary',
    operationId: 'getMigrationsSummary',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/migrations/summary',
    summary: 'How far each app is migrated, and where branches have to be merged.',
    capability: 'read_migrations',
    answer: async () => (await import('./studio-answers.ts')).migrationsSummarySchema,
    etag: (answer) => answer,
    async handle(_input, exchange) {
      const { toMigrationsSummary } = await import('./migrations-summary.ts')
      return withScope(exchange, async (scope) => toMigrationsSummary(await scope.snapshot()))
    },
  })
}

function migrationsRoute({ withScope }: IntrospectionModule): Route {
  return defineRoute({
    name: 'migrations',
    operationId: 'listMigrations',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/migrations',
    summary: 'Every migration with its state, and why.',
    capability: 'read_migrations',
    answer: async () => (await import('./studio-answers.ts')).migrationListSchema,
    etag: (answer) => answer,
    async handle(_input, exchange) {
      const { toMigrationList } = await import('./migration-list.ts')
      return withScope(exchange, async (scope) => toMigrationList(await scope.snapshot()))
    },
  })
}

function handshakeSchemaRoute({ served }: IntrospectionModule): Route {
  return defineRoute({
    name: 'schema_handshake',
    operationId: 'getHandshakeSchema',
    tags: ['studio'],
    method: 'GET',
    path: '/studio/schema/handshake',
    summary: 'The JSON Schema of the handshake.',
    capability: 'read_schema',
    answer: async () => (await import('./studio-answers.ts')).handshakeJsonSchema,
    etag: (answer) => answer,
    async handle() {
      const { readHandshakeSchema } = await import('./handshake-schema.ts')
      return readHandshakeSchema(served().capabilities)
    },
  })
}

/** Leaves out what changes between two requests to the same database: latency and connections. For entity tags. */
function toStableStatus({ connected, dialect, last_error }: DatabaseStatus): object {
  return { connected, dialect, last_error }
}
