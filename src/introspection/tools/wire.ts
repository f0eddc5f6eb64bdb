import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'
import { protocolLevel } from '../wire.ts'
import { type StudioTool, toAnnotations, toTags } from '../model/tool.ts'

const texts = z.array(z.string())

/** One tool of `GET /ai/tools` (docs/contracts/introspection.md, 4.2). This library adds `callable` and `annotations`. */
export const toolSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  http_method: z.string(),
  path: z.string(),
  kind: z.enum(['query', 'mutation', 'action', 'admin', 'utility']),
  model: z.string().nullable(),
  app_label: z.string().nullable(),
  input_schema: jsonObjectSchema,
  output_schema: jsonObjectSchema.nullable(),
  requires_auth: z.boolean(),
  requires_admin: z.boolean(),
  permissions: texts,
  tenant_scoped: z.boolean(),
  approval_required: z.boolean(),
  server_controlled_fields: texts,
  ai_tags: texts,
  ai_exposed: z.boolean(),
  model_schema_endpoint: z.string().nullable(),
  callable: z.boolean(),
  annotations: jsonObjectSchema,
})

/** The body of `GET /ai/tools`. */
export const toolsSchema = z.object({
  tools: z.array(toolSchema),
  count: z.int().nonnegative(),
  version: z.string(),
})

/** The answer to `POST /ai/tools/:name/call`. `status` is the application's; null if it was not called. */
export const toolResultSchema = z.object({
  tool: z.string(),
  is_error: z.boolean(),
  status: z.int().nullable(),
  result: jsonSchema,
  version: z.string(),
})

/** The request body of `POST /ai/tools/:name/call`. */
export const toolCallSchema = z.strictObject({ arguments: jsonObjectSchema.prefault({}) })

/** Shows a tool in full. `callable` is true if this deployment can run it; `endpoints` locate the schema of its model. */
export function toWireTool(
  tool: StudioTool,
  { callable, endpoints }: { callable: boolean; endpoints: Readonly<Record<string, string>> },
): z.input<typeof toolSchema> {
  const { model, app } = tool
  const schema = model === null || app === null ? undefined : endpoints['context_model']
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    http_method: tool.method,
    path: tool.path,
    kind: tool.kind,
    model: tool.model,
    app_label: tool.app,
    input_schema: tool.input,
    output_schema: tool.output,
    requires_auth: tool.requiresAuth,
    requires_admin: tool.requiresAdmin,
    permissions: [],
    tenant_scoped: false,
    approval_required: false,
    server_controlled_fields: [...tool.serverControlled],
    ai_tags: toTags(tool),
    ai_exposed: true,
    model_schema_endpoint: schema?.replace('{model}', () => `${app}.${model}`) ?? null,
    callable,
    annotations: toAnnotations(tool),
  }
}

/** Shows a tool in the shape of MCP (docs/contracts/introspection.md, 4.3). */
export function toMcpTool(tool: StudioTool) {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.input,
    ...(tool.output ? { outputSchema: tool.output } : {}),
    annotations: toAnnotations(tool),
    metadata: {
      http_method: tool.method,
      path: tool.path,
      kind: tool.kind,
      model: tool.model,
      requires_auth: tool.requiresAuth,
      requires_admin: tool.requiresAdmin,
      permissions: [],
      tags: toTags(tool),
    },
  }
}

/** Shows a tool as a function of the OpenAI API. */
export function toOpenAiFunction({ name, description, input }: StudioTool) {
  return { name, description, parameters: input }
}

/** Wraps a list of tools with its count and the protocol level. */
export function toCountedList<Name extends string, Item>(name: Name, items: readonly Item[]) {
  return { [name]: items, count: items.length, version: protocolLevel }
}
