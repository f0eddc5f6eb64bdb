import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { type JsonObject, toJson } from '../../lib/json.ts'
import { toPlainSchema } from '../../lib/tools/plain-schema.ts'
import { fullModel } from '../model/model-answers.ts'
import { knownModels } from '../model/unknown-exposure.ts'
import { isTemplate } from '../capabilities.ts'
import type { IntrospectionModule, Served } from '../module.ts'
import { queryRequestSchema } from '../query/plan.ts'
import { queryResultSchema } from '../query/execute.ts'
import { schemaIssuesSchema } from '../schema/schema-answers.ts'
import { migrationListSchema, migrationsSummarySchema } from '../studio/studio-answers.ts'
import { invokeRoute } from './invoke-route.ts'
import { type ReadToolName, readToolTexts } from './read-tool-names.ts'
import { requireModel, searchInputSchema, searchModels, searchOutputSchema } from './search.ts'
import type { StudioTool } from '../model/tool.ts'

/** A tool of Studio itself, in contrast to those of a project's resources. None of them writes. */
interface ReadTool {
  readonly title: string
  readonly kind: StudioTool['kind']
  readonly input: z.ZodType
  readonly output: z.ZodType
  /** Name of the endpoint the tool calls; without it there is no tool. Null for a tool without an endpoint. */
  readonly endpoint: string | null
  readonly run: (input: unknown, introspection: IntrospectionModule, exchange: Exchange) => unknown
}

/** Checks that `run` takes what `input` produces, then erases the type so that tools fit into one record. */
function defineReadTool<Input>(
  tool: Omit<ReadTool, 'run'> & {
    readonly input: z.ZodType<Input>
    readonly run: (input: Input, introspection: IntrospectionModule, exchange: Exchange) => unknown
  },
): ReadTool {
  return tool as unknown as ReadTool
}

const readTools: Readonly<Record<ReadToolName, ReadTool>> = {
  search_schema: defineReadTool({
    title: 'Search the schema',
    kind: 'utility',
    input: searchInputSchema,
    output: searchOutputSchema,
    endpoint: null,
    run: (input, { withScope }, exchange) =>
      withScope(exchange, async (scope) =>
        searchModels(knownModels(await scope.snapshot()), input),
      ),
  }),
  describe_model: defineReadTool({
    title: 'Describe a model',
    kind: 'utility',
    input: z.strictObject({
      model: z
        .string()
        .min(1)
        .max(200)
        .describe('Name of the model, `app.Name`, or name of its table.'),
    }),
    output: fullModel,
    endpoint: 'context_model',
    run: async ({ model }, introspection, exchange) => {
      const { app, name } = await introspection.withScope(exchange, async (scope) =>
        requireModel(await scope.snapshot(), model),
      )
      const request = { name: 'context_model', params: { model: `${app}.${name}` } }
      return ((await invokeRoute(request, introspection, exchange)) as { model: unknown }).model
    },
  }),
  migration_status: defineReadTool({
    title: 'Migration status',
    kind: 'utility',
    input: z.strictObject({
      detail: z
        .enum(['summary', 'full'])
        .default('summary')
        .describe('Counts and conflicts, or every migration with its state.'),
    }),
    output: z.union([migrationListSchema, migrationsSummarySchema]),
    endpoint: 'migrations_summary',
    run: ({ detail }, introspection, exchange) =>
      invokeRoute(
        { name: detail === 'full' ? 'migrations' : 'migrations_summary' },
        introspection,
        exchange,
      ),
  }),
  schema_health: defineReadTool({
    title: 'Schema health',
    kind: 'utility',
    input: z.strictObject({
      severity: z.enum(['info', 'warning', 'danger']).optional(),
      rule: z.string().max(100).optional().describe('Only issues of this rule.'),
      table: z.string().max(200).optional().describe('Only issues of this table.'),
      preset: z
        .enum(['essential', 'all'])
        .optional()
        .describe('The rules to run: all adds matters of convention to the essential ones.'),
      limit: z.int().min(1).max(200).default(50).describe('Maximum number of issues to return.'),
    }),
    output: schemaIssuesSchema.extend({ truncated: z.boolean() }),
    endpoint: 'schema_issues',
    run: async ({ limit, ...filter }, introspection, exchange) => {
      const query = JSON.parse(JSON.stringify(filter)) as Record<string, string>
      const answer = await invokeRoute({ name: 'schema_issues', query }, introspection, exchange)
      const { issues, ...rest } = answer as { issues: { severity: string }[] }
      const worst = ['danger', 'warning', 'info']
      const rank = ({ severity }: { severity: string }) => worst.indexOf(severity)
      const sorted = issues.toSorted((a, b) => rank(a) - rank(b)).slice(0, limit)
      return { ...rest, issues: sorted, truncated: sorted.length < issues.length }
    },
  }),
  query_data: defineReadTool({
    title: 'Query data',
    kind: 'query',
    input: queryRequestSchema,
    output: queryResultSchema,
    endpoint: 'query_execute',
    run: (body, introspection, exchange) =>
      invokeRoute({ name: 'query_execute', body }, introspection, exchange),
  }),
}

/** True for the name of one of Studio's own tools that this deployment serves. */
export function isReadTool(name: string, { endpoints }: Served): name is ReadToolName {
  if (!Object.hasOwn(readTools, name)) return false
  const { endpoint } = readTools[name as ReadToolName]
  return endpoint === null || endpoint in endpoints
}

/** Lists Studio's own tools that this deployment serves. */
export function toReadTools(served: Served): StudioTool[] {
  const { endpoints } = served
  return Object.entries(readTools)
    .filter(([name]) => isReadTool(name, served))
    .map(([name, { title, kind, input, output, endpoint }]) => ({
      name,
      title,
      description: readToolTexts[name as ReadToolName],
      ...toRequest(endpoint, name, endpoints),
      kind,
      model: null,
      app: null,
      input: toPlainSchema(input, 'input'),
      output: toOutput(output),
      writes: false,
      requiresAuth: false,
      requiresAdmin: false,
      serverControlled: [],
      does: 'read',
    }))
}

/** Returns the request to the endpoint of a tool or, if that has path parameters, the request that calls the tool. */
function toRequest(
  endpoint: string | null,
  name: string,
  endpoints: Served['endpoints'],
): Pick<StudioTool, 'method' | 'path'> {
  const path = endpoints[endpoint ?? '']
  if (path === undefined || isTemplate(path)) {
    return { method: 'POST', path: endpoints['tool_call']?.replace('{name}', () => name) ?? '' }
  }
  return { method: endpoint === 'query_execute' ? 'POST' : 'GET', path }
}

/** Returns the schema of a tool's arguments. */
export function readToolInput(name: ReadToolName): z.ZodType {
  return readTools[name].input
}

/**
 * Calls one of Studio's own tools.
 *
 * @throws StudioError `bad_request` that names every argument at fault, and whatever the tool throws.
 */
export async function callReadTool(
  name: ReadToolName,
  args: unknown,
  introspection: IntrospectionModule,
  exchange: Exchange,
): Promise<JsonObject> {
  const { input, run } = readTools[name]
  return toJson(await run(parse(input, args, 'arguments'), introspection, exchange)) as JsonObject
}

/** MCP demands the type `object` at the root, which a union of objects does not say. */
function toOutput(schema: z.ZodType): JsonObject {
  return { type: 'object', ...toPlainSchema(schema, 'output') }
}
