import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { type JsonObject, toJson } from '../../lib/json.ts'
import type { Introspection, Offer } from '../module.ts'
import { queryRequestSchema } from '../query/plan.ts'
import { queryResultSchema } from '../query/execute.ts'
import { askRoute } from './ask-route.ts'
import { type ReadToolName, readToolTexts } from './read-tool-names.ts'
import { requireModel, searchInputSchema, searchModels, searchOutputSchema } from './search.ts'
import type { StudioTool } from '../model/tool.ts'

/** One tool that every studio has. */
interface ReadTool {
  readonly title: string
  readonly kind: StudioTool['kind']
  readonly input: z.ZodType
  readonly output: z.ZodType
  /** Name of the endpoint it stands for: there is no tool where that is not served. Null for what only a tool does. */
  readonly endpoint: string | null
  readonly run: (input: unknown, introspection: Introspection, exchange: Exchange) => unknown
}

/** Ties the schema of a tool to its function. */
function defineReadTool<Input>(
  tool: Omit<ReadTool, 'run'> & {
    readonly input: z.ZodType<Input>
    readonly run: (input: Input, introspection: Introspection, exchange: Exchange) => unknown
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
    run: (input, { read }, exchange) =>
      read(exchange, async (reading) => searchModels((await reading.snapshot()).models, input)),
  }),
  describe_model: defineReadTool({
    title: 'Describe a model',
    kind: 'utility',
    input: z.strictObject({
      model: z.string().min(1).max(200).describe('Its name, `app.Name`, or its table.'),
    }),
    output: z.looseObject({ name: z.string(), table_name: z.string(), app_label: z.string() }),
    endpoint: 'context_model',
    run: async ({ model }, introspection, exchange) => {
      const { app, name } = await introspection.read(exchange, async (reading) =>
        requireModel((await reading.snapshot()).models, model),
      )
      const request = { name: 'context_model', params: { model: `${app}.${name}` } }
      return ((await askRoute(request, introspection, exchange)) as { model: unknown }).model
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
    output: z.looseObject({ migrations_checksum: z.string(), last_applied: z.string().nullable() }),
    endpoint: 'migrations_summary',
    run: ({ detail }, introspection, exchange) =>
      askRoute(
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
      rule: z.string().max(100).optional().describe('Of this rule alone.'),
      table: z.string().max(200).optional().describe('Of this table alone.'),
      limit: z.int().min(1).max(200).default(50).describe('Most issues to answer.'),
    }),
    output: z.looseObject({
      status: z.string(),
      issues: z.array(z.looseObject({})),
      truncated: z.boolean(),
    }),
    endpoint: 'schema_issues',
    run: async ({ limit, ...given }, introspection, exchange) => {
      const query = JSON.parse(JSON.stringify(given)) as Record<string, string>
      const answer = await askRoute({ name: 'schema_issues', query }, introspection, exchange)
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
      askRoute({ name: 'query_execute', body }, introspection, exchange),
  }),
}

/** Is this the name of a tool that this deployment has whatever its resources are? */
export function isReadTool(name: string, { endpoints }: Offer): name is ReadToolName {
  if (!Object.hasOwn(readTools, name)) return false
  const { endpoint } = readTools[name as ReadToolName]
  return endpoint === null || endpoint in endpoints
}

/** Lists the tools that this deployment has whatever its resources are. */
export function toReadTools(offer: Offer): StudioTool[] {
  const { endpoints } = offer
  return Object.entries(readTools)
    .filter(([name]) => isReadTool(name, offer))
    .map(([name, { title, kind, input, output, endpoint }]) => ({
      name,
      title,
      description: readToolTexts[name as ReadToolName],
      ...toRequest(endpoint, name, endpoints),
      kind,
      model: null,
      app: null,
      input: describe(input, 'input'),
      output: describe(output, 'output'),
      writes: false,
      requiresAuth: false,
      requiresAdmin: false,
      serverControlled: [],
      does: 'read',
    }))
}

/** The request a tool stands for: one without a parameter of its own, or else the call of the tool. */
function toRequest(
  endpoint: string | null,
  name: string,
  endpoints: Offer['endpoints'],
): Pick<StudioTool, 'method' | 'path'> {
  const path = endpoints[endpoint ?? '']
  if (path === undefined || path.includes(':')) {
    return { method: 'POST', path: endpoints['tool_call']?.replace(':name', name) ?? '' }
  }
  return { method: endpoint === 'query_execute' ? 'POST' : 'GET', path }
}

/** What one of these tools takes. */
export function readToolInput(name: ReadToolName): z.ZodType {
  return readTools[name].input
}

/**
 * Calls one of these tools.
 *
 * @throws StudioError `bad_request` naming every argument at fault, and whatever the tool throws.
 */
export async function callReadTool(
  name: ReadToolName,
  args: unknown,
  introspection: Introspection,
  exchange: Exchange,
): Promise<JsonObject> {
  const { input, run } = readTools[name]
  return toJson(await run(parse(input, args, 'arguments'), introspection, exchange)) as JsonObject
}

const described = new WeakMap<z.ZodType, JsonObject>()

function describe(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const known = described.get(schema)
  if (known) return known
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  described.set(schema, made as JsonObject)
  return made as JsonObject
}
