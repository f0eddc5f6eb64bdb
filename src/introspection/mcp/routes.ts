import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { IntrospectionModule } from '../module.ts'

const rpcError = async () => (await import('./message-answer.ts')).rpcError

/** Returns the route of the MCP server. */
export function mcpRoutes(introspection: IntrospectionModule): Route[] {
  return [
    defineRoute({
      name: 'mcp',
      operationId: 'callMcp',
      tags: ['tools'],
      answer: async () => (await import('./message-answer.ts')).mcpAnswer,
      answers: { 202: null, 400: rpcError, 404: rpcError, 406: rpcError },
      stream: {
        media: ['text/event-stream'],
        event: async () => (await import('./message-answer.ts')).mcpEvent,
      },
      method: 'POST',
      path: '/ai/mcp',
      summary: 'Tools, resources and prompts as an MCP server.',
      capability: 'ai_tools',
      body: z.unknown(),
      bodyShape: async () => (await import('./message-answer.ts')).mcpBody,
      handle: async ({ body }, exchange) =>
        (await import('./answer-mcp.ts')).answerMcp(introspection, exchange, body), // keeps the core entry small
    }),
  ]
}
