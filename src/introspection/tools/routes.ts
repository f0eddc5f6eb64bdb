import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { IntrospectionModule } from '../module.ts'

const load = () => import('./endpoints.ts') // keeps the core entry small
const common = { capability: 'ai_tools', tags: ['tools'] } as const
const view = { ...common, method: 'GET', etag: (answer: unknown) => answer } as const

/** Returns the routes that list and call tools (docs/contracts/introspection.md, 4.2 and 4.3). */
export function toolRoutes(introspection: IntrospectionModule): Route[] {
  const answer = (list: 'tools' | 'mcp' | 'openai') => async (_: unknown, exchange: Exchange) =>
    (await load()).answerTools(introspection, exchange, list)
  return [
    defineRoute({
      ...view,
      name: 'tools',
      operationId: 'listTools',
      answer: async () => (await import('./tools-answers.ts')).toolsSchema,
      path: '/ai/tools',
      summary: 'The tools that AI clients may call.',
      handle: answer('tools'),
    }),
    defineRoute({
      ...view,
      name: 'tools_mcp',
      operationId: 'listMcpTools',
      answer: async () => (await import('./tools-answers.ts')).mcpToolsSchema,
      path: '/ai/tools/mcp',
      summary: 'The tools in the shape of MCP.',
      handle: answer('mcp'),
    }),
    defineRoute({
      ...view,
      name: 'tools_openai',
      operationId: 'listOpenAiFunctions',
      answer: async () => (await import('./tools-answers.ts')).functionsSchema,
      path: '/ai/tools/openai',
      summary: 'The tools as functions of the OpenAI API.',
      handle: answer('openai'),
    }),
    ...oneToolRoutes(introspection),
  ]
}

function oneToolRoutes(introspection: IntrospectionModule): Route[] {
  return [
    defineRoute({
      ...view,
      name: 'tool',
      operationId: 'getTool',
      answer: async () => (await import('./tools-answers.ts')).oneToolSchema,
      errors: ['not_found'],
      path: '/ai/tools/:name',
      summary: 'One tool.',
      handle: async ({ params }, exchange) =>
        (await load()).readTool(introspection, exchange, params.name),
    }),
    defineRoute({
      ...common,
      name: 'tool_call',
      operationId: 'callTool',
      answer: async () => (await import('./tools-answers.ts')).toolResultSchema,
      errors: ['not_found', 'rate_limited', 'unsupported_capability'],
      method: 'POST',
      path: '/ai/tools/:name/call',
      summary: 'Calls a tool; writes need write_data and X-AI-Apply: true.',
      headers: ['x-ai-apply'],
      body: z.strictObject({ arguments: jsonObjectSchema.prefault({}) }),
      handle: async ({ params, body }, exchange) =>
        (await load()).answerCall(introspection, exchange, {
          name: params.name,
          args: body.arguments,
        }),
    }),
  ]
}
