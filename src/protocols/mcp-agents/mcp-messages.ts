import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'

/** A message of JSON-RPC in either direction: a request or notification, a result, or an error. */
export const agentMcpMessage = z
  .object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.string(), z.number()]).nullable().exactOptional(),
    method: z.string().exactOptional(),
    params: jsonObjectSchema.exactOptional(),
    result: jsonObjectSchema.exactOptional(),
    error: z
      .object({ code: z.int(), message: z.string(), data: jsonSchema.exactOptional() })
      .exactOptional(),
  })
  .meta({
    id: 'AgentMcpMessage',
    description: 'A message of the Model Context Protocol, as JSON-RPC has it.',
  })
