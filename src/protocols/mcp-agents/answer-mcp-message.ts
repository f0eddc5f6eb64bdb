import {
  createMcpHandler,
  ProtocolError,
  ProtocolErrorCode,
  Server,
} from '@modelcontextprotocol/server'
import { toPlainSchema } from '../../lib/tools/plain-schema.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isRecord } from '../../lib/json.ts'
import { library } from '../../library.ts'
import { callAgentTool } from './call-agent-tool.ts'
import { agentToolInput, nameAgentTools } from './agent-tools.ts'

const instructions =
  'Each tool runs an agent, which may take minutes and may ask the user to approve what it does. Pass the same sessionId to go on with a conversation.'

/** Answers one request of an MCP client over Streamable HTTP, without a session of the protocol. @throws StudioError for a batch. */
export async function answerMcpMessage(
  module: AgentsModule,
  exchange: Exchange,
  body: unknown,
): Promise<Response> {
  // a batch would start several runs whose answers wait for the slowest
  if (Array.isArray(body)) throw badRequest('Send one message in a request')
  const { url, method, headers, signal } = exchange.request
  const isCall = isRecord(body) && body['method'] === 'tools/call'
  const { fetch } = createMcpHandler(({ era }) => createServer(module, exchange, era), {
    maxSubscriptions: 0,
    // A stream has heartbeats while an agent works.
    responseMode: isCall ? 'sse' : 'auto',
  })
  // The router has read the body, within its limit, so this request has none.
  return fetch(new Request(url, { method, headers, signal }), { parsedBody: body })
}

function createServer(module: AgentsModule, exchange: Exchange, era: 'legacy' | 'modern'): Server {
  const server = new Server(
    { name: library.name, version: library.version },
    { capabilities: { tools: {} }, instructions },
  )
  const names = nameAgentTools(module)
  server.setRequestHandler('tools/list', () => ({
    tools: [...names].map(([name, { name: title, description }]) => ({
      name,
      title,
      description: description ?? `Runs the agent ${title}.`,
      inputSchema: toPlainSchema(agentToolInput, 'input') as { type: 'object' },
      annotations: { readOnlyHint: false, openWorldHint: true },
    })),
  }))
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const agent = names.get(params.name)
    if (!agent) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool')
    const call = { module, exchange, agent, era, request: context.mcpReq }
    return callAgentTool(call, params.arguments ?? {}).catch((error: unknown) => {
      throw toProtocolError(error, module, exchange)
    })
  })
  return server
}

/** Masks whatever is thrown, because the package would send its message. */
function toProtocolError(error: unknown, module: AgentsModule, exchange: Exchange): ProtocolError {
  if (error instanceof ProtocolError) return error
  const known = error instanceof StudioError ? error : null
  const cause = known ? known.cause : error
  if (cause !== undefined) module.engineOf(exchange).onError(cause, exchange.request, {})
  const { InvalidParams, InternalError } = ProtocolErrorCode
  if (!known) return new ProtocolError(InternalError, 'Internal error')
  const { code, message, details } = known
  const isInvalid = ['bad_request', 'not_found', 'conflict', 'unprocessable'].includes(code)
  const data = { code, ...(details === undefined ? {} : { details }) }
  return new ProtocolError(isInvalid ? InvalidParams : InternalError, message, data)
}
