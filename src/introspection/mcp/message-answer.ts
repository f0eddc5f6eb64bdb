import { jsonObjectSchema } from '../../lib/json.ts'

/** The answer of `POST /ai/mcp`: a message of JSON-RPC, as the Model Context Protocol describes it. */
export const mcpAnswer = jsonObjectSchema
