import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'

const count = z.int().nonnegative()
const text = z.string().nullable()
const texts = z.array(z.string())
const version = z.string().describe('Level of the Studio protocol that is implemented.')
const kind = z.enum(['query', 'mutation', 'action', 'admin', 'utility'])

const annotations = z
  .object({
    title: z.string(),
    readOnlyHint: z.boolean(),
    destructiveHint: z.boolean(),
    idempotentHint: z.boolean(),
    openWorldHint: z.boolean(),
  })
  .meta({
    id: 'ToolAnnotations',
    description: 'How far a client can trust a call, as MCP says it.',
  })

/** One tool of `GET /ai/tools` (docs/contracts/introspection.md, 4.2). This library adds `callable` and `annotations`. */
const toolSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    http_method: z.string(),
    path: z.string().describe('May contain `{pk}`.'),
    kind,
    model: text,
    app_label: text,
    input_schema: jsonObjectSchema.describe('JSON Schema of the arguments.'),
    output_schema: jsonObjectSchema.nullable().describe('JSON Schema of the result, if known.'),
    requires_auth: z.boolean(),
    requires_admin: z.boolean(),
    permissions: texts,
    tenant_scoped: z.boolean(),
    approval_required: z.boolean(),
    server_controlled_fields: texts.describe('Fields that a caller cannot set.'),
    ai_tags: texts,
    ai_exposed: z.boolean(),
    model_schema_endpoint: text,
    callable: z.boolean().describe('True if this deployment can run the tool.'),
    annotations,
  })
  .meta({ id: 'Tool', description: 'A tool that AI clients may call.' })

/** A tool with its schemas and its annotations. */
export type WireTool = z.infer<typeof toolSchema>

/** The answer of `GET /ai/tools`. */
export const toolsSchema = z
  .object({ tools: z.array(toolSchema), count, version })
  .meta({ id: 'ToolList', description: 'The tools that the caller may see.' })

/** The answer of `GET /ai/tools/:name`. */
export const oneToolSchema = z
  .object({ tool: toolSchema, version })
  .meta({ id: 'OneTool', description: 'One tool that the caller may see.' })

const mcpTool = z
  .object({
    name: z.string(),
    description: z.string(),
    inputSchema: jsonObjectSchema,
    outputSchema: jsonObjectSchema.optional().describe('Absent if it is not known.'),
    annotations,
    metadata: z.object({
      http_method: z.string(),
      path: z.string(),
      kind,
      model: text,
      requires_auth: z.boolean(),
      requires_admin: z.boolean(),
      permissions: texts,
      tags: texts,
    }),
  })
  .meta({ id: 'McpTool', description: 'A tool in the shape of MCP.' })

/** A tool in the shape of MCP. */
export type McpTool = z.infer<typeof mcpTool>

/** The answer of `GET /ai/tools/mcp`. */
export const mcpToolsSchema = z
  .object({ tools: z.array(mcpTool), count, version })
  .meta({ id: 'McpToolList', description: 'The tools in the shape of MCP.' })

const openAiFunction = z
  .object({ name: z.string(), description: z.string(), parameters: jsonObjectSchema })
  .meta({ id: 'OpenAiFunction', description: 'A tool as a function of the OpenAI API.' })

/** A tool as a function of the OpenAI API. */
export type OpenAiFunction = z.infer<typeof openAiFunction>

/** The answer of `GET /ai/tools/openai`. */
export const functionsSchema = z
  .object({ functions: z.array(openAiFunction), count, version })
  .meta({ id: 'OpenAiFunctionList', description: 'The tools as functions of the OpenAI API.' })

/** The answer of `POST /ai/tools/:name/call`. */
export const toolResultSchema = z
  .object({
    tool: z.string(),
    is_error: z.boolean(),
    status: z.int().nullable().describe("The application's; null if it was not called."),
    result: jsonSchema.describe('What the tool returned, without what clients may not see.'),
    version,
  })
  .meta({ id: 'ToolResult', description: 'The outcome of a call.' })

/** The outcome of a call. */
export type ToolResult = z.infer<typeof toolResultSchema>
