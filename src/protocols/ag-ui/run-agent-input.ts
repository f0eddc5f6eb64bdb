import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'

const id = z.string().min(1).max(200)

/** A message as the client keeps it. What it says of earlier turns is not read: the session is the conversation. */
const clientMessage = z
  .object({
    id: z.string().max(1_000),
    role: z.string().max(100),
    content: jsonSchema.optional(),
    toolCallId: z.string().optional(),
    error: z.string().nullish(),
  })
  .catchall(jsonSchema)

/** The body of `POST /agents/:agentId/ag-ui`: `RunAgentInput` of AG-UI 1.0. Unknown members are ignored. */
export const runAgentInputSchema = z.object({
  threadId: id,
  runId: id,
  /** Clients before 1.0 send none, and refuse outcomes that 1.0 added. */
  protocolVersion: z.string().max(100).nullish(),
  messages: z.array(clientMessage).default([]),
  tools: z
    .array(
      z.object({
        name: z.string(),
        description: z.string().default(''),
        parameters: jsonObjectSchema.nullish(),
      }),
    )
    .default([]),
  context: z.array(z.object({ description: z.string(), value: z.string() })).default([]),
  state: jsonSchema.optional(),
  forwardedProps: jsonSchema.optional(),
  resume: z
    .array(
      z.object({
        interruptId: z.string(),
        status: z.enum(['resolved', 'cancelled']),
        payload: jsonSchema.optional(),
      }),
    )
    .default([]),
})

/** A `RunAgentInput` of AG-UI after parsing. */
export type AgUiInput = z.infer<typeof runAgentInputSchema>
/** A message of a client of AG-UI. */
export type AgUiMessage = AgUiInput['messages'][number]
/** An answer to an interrupt. */
export type AgUiResume = AgUiInput['resume'][number]
