import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { type JsonObject, toJson } from '../../lib/json.ts'
import { toContextModel } from '../context-parts.ts'
import type { Introspection, Offer } from '../introspection.ts'
import { migrationsSummarySchema } from '../migrations-summary.ts'
import { queryPlanSchema } from '../query-plan.ts'
import { queryResultSchema } from '../query.ts'
import { type ReadToolName, readToolTexts } from './read-tool-names.ts'
import { requireModel, searchInputSchema, searchModels, searchOutputSchema } from './search.ts'
import type { StudioTool } from './tool.ts'

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
    endpoint: null,
    run: ({ model }, { read }, exchange) =>
      read(exchange, async (reading) => {
        const { models } = await reading.snapshot()
        return toContextModel(requireModel(models, model), models)
      }),
  }),
  migration_status: defineReadTool({
    title: 'Migration status',
    kind: 'utility',
    input: z.strictObject({}),
    output: migrationsSummarySchema,
    endpoint: 'migrations_summary',
    run: (_input, introspection, exchange) =>
      runRoute('migrations_summary', {}, introspection, exchange),
  }),
  query_data: defineReadTool({
    title: 'Query data',
    kind: 'query',
    input: queryPlanSchema,
    output: queryResultSchema,
    endpoint: 'query_execute',
    run: (body, introspection, exchange) =>
      runRoute('query_execute', { body }, introspection, exchange),
  }),
}

/** Lists the tools that this deployment has whatever its resources are. */
export function toReadTools({ endpoints }: Offer): StudioTool[] {
  return Object.entries(readTools)
    .filter(([, { endpoint }]) => endpoint === null || endpoint in endpoints)
    .map(([name, { title, kind, input, output, endpoint }]) => ({
      name,
      title,
      description: readToolTexts[name as ReadToolName],
      method: endpoint === 'migrations_summary' ? 'GET' : 'POST',
      path: endpoints[endpoint ?? 'tool_call']?.replace(':name', name) ?? '',
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

/** Describes the input of a tool that every studio may have, as JSON Schema. */
export function describeReadTool(name: ReadToolName): JsonObject {
  return describe(readTools[name].input, 'input')
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

/** Asks an endpoint of this studio as its route value, so that a tool can do neither more nor less than a request. */
async function runRoute(
  name: string,
  { body }: { body?: unknown },
  { routes, offer }: Introspection,
  exchange: Exchange,
): Promise<unknown> {
  const route = routes().find((one) => one.name === name)
  if (!route || !(name in offer().endpoints)) {
    throw new StudioError('forbidden', `This deployment does not offer ${name}`)
  }
  const query = route.query && parse(route.query, {}, 'query')
  return route.handle(
    { params: {}, query, body: route.body && parse(route.body, body, 'arguments') },
    exchange,
  )
}

const described = new WeakMap<z.ZodType, JsonObject>()

function describe(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const known = described.get(schema)
  if (known) return known
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  described.set(schema, made as JsonObject)
  return made as JsonObject
}
