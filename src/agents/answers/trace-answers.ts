import { z } from 'zod'
import { approvalStatuses } from '../../records/approval.ts'
import { assistantMessage, messageSchema } from '../../records/message.ts'
import {
  anyJson,
  anyObject,
  count,
  listOf,
  namedError,
  nextCursor,
  runError,
  time,
  traceRef,
  usage,
} from './shared.ts'

const status = z.enum(['running', 'success', 'error', 'cancelled'])

/** Attributes of the semantic conventions of OpenTelemetry for generative AI. */
const usageAttributes = {
  'gen_ai.usage.input_tokens': z.number(),
  'gen_ai.usage.output_tokens': z.number(),
  'gen_ai.usage.cache_read.input_tokens': z.number(),
  'gen_ai.usage.cache_creation.input_tokens': z.number(),
}

/** What lists show of a trace. */
export const traceSummary = z
  .object({
    id: z.string(),
    externalId: z.string().exactOptional().describe("The caller's `trace.traceId`."),
    runId: z.string(),
    agentId: z.string(),
    sessionId: z.string().exactOptional(),
    name: z.string().exactOptional(),
    status,
    startedAt: time,
    endedAt: time.exactOptional(),
    durationMs: z.number().exactOptional(),
    output: z.string().exactOptional(),
    error: runError.exactOptional(),
    usage,
    metadata: z.object({
      agentName: z.string().exactOptional(),
      agentDescription: z.string().exactOptional(),
      userId: z.string().exactOptional(),
      tags: listOf(z.string()).exactOptional(),
      version: z.string().exactOptional(),
      sessionId: z.string().exactOptional(),
      maxTurns: z.int(),
      runMetadata: anyObject.exactOptional(),
      metadata: anyObject,
    }),
    observationCount: count,
  })
  .meta({ id: 'TraceSummary', description: 'A trace without its observations.' })

/** A trace in a list as clients see it. */
export type WireTraceSummary = z.infer<typeof traceSummary>

const span = {
  id: z.string(),
  name: z.string(),
  status,
  startedAt: time,
  endedAt: time.exactOptional(),
  durationMs: z.number().exactOptional(),
}

const child = { ...span, parentObservationId: z.string(), turn: count.exactOptional() }

const rootSpan = z.object({
  ...span,
  kind: z.literal('agent'),
  turn: z.literal(0),
  error: runError.exactOptional(),
  metadata: z.object({
    finishReason: z.string().exactOptional(),
    cancelReason: z.string().exactOptional(),
    'gen_ai.operation.name': z.literal('invoke_agent'),
    'gen_ai.agent.id': z.string(),
    'gen_ai.agent.name': z.string().exactOptional(),
    'gen_ai.conversation.id': z.string().exactOptional(),
    ...usageAttributes,
  }),
})

/** The root of a trace as clients see it. */
export type RootSpan = z.infer<typeof rootSpan>

const generationInput = z.object({
  instructions: z.string().exactOptional(),
  history: listOf(messageSchema).describe('The messages before the prompt, oldest first.'),
  prompt: messageSchema.exactOptional().describe('The last message that the model got.'),
  omitted: count.exactOptional().describe('How many older messages are left out here.'),
  tools: listOf(z.object({ name: z.string(), description: z.string().exactOptional() })),
})

/** What a model call got. */
export type GenerationInput = z.infer<typeof generationInput>

const generationSpan = z.object({
  ...child,
  kind: z.literal('generation'),
  input: generationInput,
  output: z
    .object({ ...assistantMessage.shape, usage })
    .exactOptional()
    .describe('The message of the model, with its `usage`.'),
  usage,
  error: namedError.exactOptional(),
  events: listOf(
    z.object({ type: z.literal('retry'), at: time, delayMs: z.number(), message: z.string() }),
  ).exactOptional(),
  metadata: z.object({
    provider: z.string(),
    model: z.string(),
    requestedModel: z.string(),
    messageId: z.string().exactOptional(),
    usage,
    toolCount: count,
    toolNames: listOf(z.string()),
    historyCount: count,
    firstDeltaMs: z.number().exactOptional(),
    finishReason: z.string().exactOptional(),
    'gen_ai.operation.name': z.literal('chat'),
    'gen_ai.provider.name': z.string(),
    'gen_ai.request.model': z.string(),
    'gen_ai.response.model': z.string().exactOptional(),
    'gen_ai.response.id': z.string().exactOptional(),
    'gen_ai.response.finish_reasons': listOf(z.string()).exactOptional(),
    ...usageAttributes,
  }),
})

/** One model call of a trace as clients see it. */
export type GenerationSpan = z.infer<typeof generationSpan>

const approvalSpan = z.object({
  ...child,
  kind: z.literal('approval'),
  metadata: z.object({
    approvalId: z.string(),
    toolCallId: z.string(),
    callId: z.string(),
    approvalStatus: z.enum(approvalStatuses),
    requestReason: z.string().exactOptional(),
    decisionReason: z.string().exactOptional(),
    decidedBy: z.string().exactOptional(),
    clientTool: z.literal(true).exactOptional(),
  }),
})

/** The wait for a person as a span of a trace. */
export type ApprovalSpan = z.infer<typeof approvalSpan>

const toolSpan = z.object({
  ...child,
  kind: z.literal('tool'),
  input: anyJson,
  output: anyJson.exactOptional(),
  error: namedError.exactOptional(),
  metadata: z.object({
    internalCallId: z.string(),
    toolCallId: z.string(),
    callId: z.string(),
    skipped: z.boolean(),
    argumentBytes: count,
    resultBytes: count.exactOptional(),
    toolDescription: z.string().exactOptional(),
    parameterKeys: listOf(z.string()).exactOptional(),
    requiredParameterKeys: listOf(z.string()).exactOptional(),
    approvalRequired: z.boolean(),
    'gen_ai.operation.name': z.literal('execute_tool'),
    'gen_ai.tool.name': z.string(),
    'gen_ai.tool.call.id': z.string(),
  }),
})

/** One tool call of a trace as clients see it. */
export type ToolSpan = z.infer<typeof toolSpan>

const observation = z
  .discriminatedUnion('kind', [rootSpan, generationSpan, approvalSpan, toolSpan])
  .meta({ id: 'Observation', description: 'One step of a trace, told apart by `kind`.' })

/** One step of a trace as clients see it. */
export type Observation = z.infer<typeof observation>

const details = {
  trace: traceRef,
  input: z.object({
    instructions: z.string().exactOptional(),
    prompt: messageSchema,
    history: listOf(messageSchema),
  }),
  finishReason: z.string().exactOptional(),
  observations: listOf(observation).describe('In order of their start; the first is the root.'),
}

/** The answer of `GET /traces/:traceId`. */
export const trace = z
  .object({ ...traceSummary.shape, ...details })
  .meta({ id: 'Trace', description: 'A trace with its observations.' })

/** A whole trace as clients see it. */
export type WireTrace = z.infer<typeof trace>

/** The answer of `GET /traces` and `GET /sessions/:sessionId/traces`. */
export const tracePage = z
  .object({
    traces: listOf(
      z
        .object({
          ...traceSummary.shape,
          trace: details.trace.exactOptional(),
          input: details.input.exactOptional(),
          finishReason: details.finishReason,
          observations: details.observations.exactOptional(),
        })
        .meta({ id: 'ListedTrace', description: 'A trace; with its parts by `include=detail`.' }),
    ),
    ...nextCursor,
  })
  .meta({ id: 'TracePage', description: 'Traces, newest first.' })
