import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'

const version = z.literal('2.0')
const id = z.union([z.string(), z.number()])
const method = z.string()
const params = jsonObjectSchema.exactOptional()

const request = z
  .object({ jsonrpc: version, id, method, params })
  .meta({ id: 'RpcRequest', description: 'A request of JSON-RPC: it has an id, and is answered.' })

const notification = z
  .object({ jsonrpc: version, method, params })
  .meta({ id: 'RpcNotification', description: 'A message of JSON-RPC that nobody answers.' })

const result = z
  .object({ jsonrpc: version, id, result: jsonObjectSchema })
  .meta({ id: 'RpcResult', description: 'What a request of JSON-RPC returned.' })

/** A request that failed, as JSON-RPC says it. */
export const rpcError = z
  .object({
    jsonrpc: version,
    id: id.nullable().exactOptional().describe('Null or absent if the request had no readable id.'),
    error: z.object({ code: z.int(), message: z.string(), data: jsonSchema.exactOptional() }),
  })
  .meta({ id: 'RpcError', description: 'Why a request of JSON-RPC failed.' })

const sent = z.union([request, notification, result, rpcError])

/** The body of `POST /ai/mcp`: one message, or a batch of those revisions of the protocol that have batches. */
export const mcpBody = z
  .union([sent, z.array(sent).min(1).max(20)])
  .meta({ id: 'McpMessages', description: 'Messages of the Model Context Protocol from a client.' })

const answer = z.union([result, rpcError])

/** The answer of `POST /ai/mcp`: one message for a request, or a list of them for a batch. */
export const mcpAnswer = z
  .union([answer, z.array(answer)])
  .meta({ id: 'McpAnswer', description: 'What the MCP server answers.' })

/** An event of a stream of `POST /ai/mcp`: an answer, or a notification before it. */
export const mcpEvent = z
  .union([answer, request, notification])
  .meta({ id: 'McpEvent', description: 'A message of the MCP server in a stream.' })
