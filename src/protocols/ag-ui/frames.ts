import { z } from 'zod'
import { jsonSchema } from '../../lib/json.ts'

const messageId = z.string()
const delta = z.string()
const toolCallId = z.string()
const run = { threadId: z.string(), runId: z.string() }

const message = z
  .object({ id: z.string(), role: z.string() })
  .catchall(jsonSchema)
  .meta({ id: 'AgUiMessage', description: 'A message as AG-UI writes it.' })

const interrupt = z.object({
  id: z.string().describe('The id of the approval: `interruptId` of the answer.'),
  reason: z.literal('tool_call'),
  message: z.string().exactOptional(),
  toolCallId,
  responseSchema: z.object({}).catchall(jsonSchema),
  expiresAt: z.string().exactOptional(),
  metadata: z.object({ toolName: z.string(), input: jsonSchema }),
})

const usage = z.array(
  z.object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    totalTokens: z.number(),
    cachedInputTokens: z.number(),
    cacheWriteInputTokens: z.number(),
  }),
)

const outcome = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('success'),
    pendingToolCallIds: z
      .array(toolCallId)
      .exactOptional()
      .describe("Calls of the client's tools: their results go into the next request."),
  }),
  z.object({ type: z.literal('interrupt'), interrupts: z.array(interrupt) }),
  z.object({ type: z.literal('cancelled') }),
])

/** The events of a stream, told apart by `type`. */
export const agUiEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('RUN_STARTED'), ...run }),
    z.object({
      type: z.literal('RUN_FINISHED'),
      ...run,
      result: z.string().exactOptional(),
      outcome,
      usage: usage.exactOptional(),
    }),
    z.object({
      type: z.literal('RUN_ERROR'),
      message: z.string(),
      code: z.string(),
      usage: usage.exactOptional(),
    }),
    z.object({ type: z.literal('STEP_STARTED'), stepName: z.string() }),
    z.object({ type: z.literal('STEP_FINISHED'), stepName: z.string() }),
    z.object({
      type: z.literal('TEXT_MESSAGE_START'),
      messageId,
      role: z.literal('assistant'),
    }),
    z.object({ type: z.literal('TEXT_MESSAGE_CONTENT'), messageId, delta }),
    z.object({ type: z.literal('TEXT_MESSAGE_END'), messageId }),
    z.object({ type: z.literal('REASONING_START'), messageId }),
    z.object({
      type: z.literal('REASONING_MESSAGE_START'),
      messageId,
      role: z.literal('reasoning'),
    }),
    z.object({ type: z.literal('REASONING_MESSAGE_CONTENT'), messageId, delta }),
    z.object({ type: z.literal('REASONING_MESSAGE_END'), messageId }),
    z.object({ type: z.literal('REASONING_END'), messageId }),
    z.object({
      type: z.literal('TOOL_CALL_START'),
      toolCallId,
      toolCallName: z.string(),
      parentMessageId: z.string(),
    }),
    z.object({ type: z.literal('TOOL_CALL_ARGS'), toolCallId, delta }),
    z.object({ type: z.literal('TOOL_CALL_END'), toolCallId }),
    z.object({
      type: z.literal('TOOL_CALL_RESULT'),
      messageId,
      toolCallId,
      content: z.string(),
      role: z.literal('tool'),
    }),
    z.object({ type: z.literal('MESSAGES_SNAPSHOT'), messages: z.array(message) }),
    z.object({ type: z.literal('STATE_SNAPSHOT'), snapshot: jsonSchema }),
    z
      .object({ type: z.literal('CUSTOM'), name: z.string(), value: jsonSchema })
      .describe('An event that AG-UI has no word for: `name` is its type in our own stream.'),
  ])
  .meta({ id: 'AgUiEvent', description: 'One event of AG-UI.' })

/** One event of AG-UI, as it is sent. */
export type AgUiFrame = z.infer<typeof agUiEvent>
/** A message that a stream shows. */
export type AgUiShown = z.infer<typeof message>
