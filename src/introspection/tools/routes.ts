import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns the routes that list and call tools (docs/contracts/introspection.md, 4.2 and 4.3). */
export function toolRoutes(introspection: IntrospectionModule): Route[] {
  const load = () => import('./endpoints.ts') // keeps the core entry small
  const common = { capability: 'ai_tools' } as const
  const view = { ...common, method: 'GET', etag: (answer: unknown) => answer } as const
  return [
    defineRoute({
      ...view,
      name: 'tools',
      path: '/ai/tools',
      summary: 'The tools that AI clients may call.',
      handle: async (_, exchange) => (await load()).listTools(introspection, exchange),
    }),
    defineRoute({
      ...view,
      name: 'tools_mcp',
      path: '/ai/tools/mcp',
      summary: 'The tools in the shape of MCP.',
      handle: async (_, exchange) => (await load()).listMcpTools(introspection, exchange),
    }),
    defineRoute({
      ...view,
      name: 'tools_openai',
      path: '/ai/tools/openai',
      summary: 'The tools as functions of the OpenAI API.',
      handle: async (_, exchange) => (await load()).listFunctions(introspection, exchange),
    }),
    defineRoute({
      ...view,
      name: 'tool',
      path: '/ai/tools/:name',
      summary: 'One tool.',
      handle: async ({ params }, exchange) =>
        (await load()).readTool(introspection, exchange, params.name),
    }),
    defineRoute({
      ...common,
      name: 'tool_call',
      method: 'POST',
      path: '/ai/tools/:name/call',
      summary: 'Calls a tool; writes need write_data and X-AI-Apply: true.',
      body: z.unknown(),
      handle: async ({ params, body }, exchange) =>
        (await load()).answerCall(introspection, exchange, { name: params.name, body }),
    }),
  ]
}
