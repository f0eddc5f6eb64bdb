import { z } from 'zod'
import type { AgentsModule } from '../../agents/module.ts'
import type { Protocol } from '../../agents/protocol.ts'
import { defineRoute, type LazySchema, type Route } from '../../http/route.ts'
import { makeProtocol } from '../shared/make-protocol.ts'

const message: LazySchema = async () => (await import('./mcp-messages.ts')).agentMcpMessage

/**
 * Serves the agents as the tools of an MCP server at `POST /mcp`: `run_support` takes `{ message, sessionId? }` and returns what the agent
 * says. With the revision 2026-07-28, approvals are elicitations; with those of 2025 the result names them, and `{ runId }` follows the
 * run once they are decided elsewhere.
 *
 * @example
 * new Studio([support], { protocols: [mcpAgents()] })
 */
export function mcpAgents(): Protocol {
  return makeProtocol('mcp-agents', (module) => [mcpRoute(module)])
}

function mcpRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'agents_mcp',
    operationId: 'callAgentsMcp',
    tags: ['protocols'],
    answer: message,
    answers: { 202: null, 400: message, 404: message, 406: message },
    stream: { media: ['text/event-stream'], event: message },
    method: 'POST',
    path: '/mcp',
    summary: 'Agents as the tools of an MCP server',
    body: z.unknown(),
    bodyShape: message,
    handle: async ({ body }, exchange) =>
      (await import('./answer-mcp-message.ts')).answerMcpMessage(module, exchange, body),
  })
}
