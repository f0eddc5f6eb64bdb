import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'
import { diffQuery, healthQuery, issuesQuery } from './schema.ts'

/** Returns the routes about the health of the database schema (docs/contracts/introspection.md, 4.9). */
export function schemaRoutes(introspection: IntrospectionModule): Route[] {
  const shared = {
    method: 'GET',
    capability: 'read_schema',
    tags: ['schema'],
    etag: (answer: unknown) => ({ ...(answer as object), inspected_at: null }),
  } as const
  return [
    defineRoute({
      ...shared,
      name: 'schema_health',
      operationId: 'getSchemaHealth',
      query: healthQuery,
      answer: async () => (await import('./schema-answers.ts')).schemaHealthSchema,
      path: '/ai/schema/health',
      summary: 'Do models and database agree, and which known mistakes does the schema make?',
      handle: async ({ query }, exchange) =>
        (await import('./read-schema.ts')).answerSchemaHealth(introspection, exchange, query),
    }),
    defineRoute({
      ...shared,
      name: 'schema_issues',
      operationId: 'listSchemaIssues',
      query: issuesQuery,
      answer: async () => (await import('./schema-answers.ts')).schemaIssuesSchema,
      path: '/ai/schema/issues',
      summary: 'Issues of the schema, by severity, kind, rule, table, app or preset of rules.',
      handle: async ({ query }, exchange) =>
        (await import('./read-schema.ts')).readSchemaIssues(introspection, exchange, query),
    }),
    defineRoute({
      ...shared,
      name: 'schema_diff',
      operationId: 'getSchemaDiff',
      query: diffQuery,
      answer: async () => (await import('./schema-answers.ts')).schemaDiffSchema,
      errors: ['not_found'],
      path: '/ai/schema/diff',
      summary: 'Each model beside its table, and where they differ.',
      handle: async ({ query }, exchange) =>
        (await import('./read-schema.ts')).readSchemaDiff(introspection, exchange, query),
    }),
  ]
}
