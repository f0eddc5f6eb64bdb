import { z } from 'zod'
import { jsonSchema } from '../../lib/json.ts'
import { messageSchema, toolCallPart } from '../../records/message.ts'
import { approval } from './approval-answers.ts'
import {
  anyJson,
  anyObject,
  count,
  listOf,
  providerToolCall,
  runError,
  source,
  usage,
} from './shared.ts'
import { result } from './run-answers.ts'

const seq = count.describe('The number of the event in its run: from 0, without gaps.')
const turn = z.int().min(1)

const callIds = {
  toolCallId: z.string(),
  callId: z.string().describe('The same value as `toolCallId`.'),
}

const logged = [
  z.object({
    type: z.literal('run_waiting'),
    approvalIds: listOf(z.string()).describe('The approvals that the run waits for.'),
    seq,
  }),
  z.object({ type: z.literal('run_resumed'), seq }),
  z.object({
    type: z.literal('turn_start'),
    turn,
    attempt: z
      .int()
      .exactOptional()
      .describe(
        'Another process took the turn over, and its earlier events are void; 1 if none of them was stored.',
      ),
    prompt: messageSchema.exactOptional().describe('Only with `verbose`.'),
    history: listOf(messageSchema).exactOptional().describe('Only with `verbose`.'),
    seq,
  }),
  z
    .object({
      type: z.literal('generation_start'),
      turn,
      request: anyObject,
      modelInfo: anyObject,
      seq,
    })
    .describe('Only with `verbose`.'),
  z.object({ type: z.literal('text_delta'), turn, delta: z.string(), seq }),
  z.object({
    type: z.literal('reasoning_delta'),
    turn,
    delta: z.string(),
    id: z.string().exactOptional(),
    seq,
  }),
  z.object({
    type: z.literal('tool_call_delta'),
    turn,
    ...callIds,
    toolName: z.string(),
    delta: z.string(),
    seq,
  }),
  z.object({
    type: z.literal('tool_call'),
    turn,
    toolCall: toolCallPart.extend({ callId: z.string().describe('The same value as `id`.') }),
    seq,
  }),
  z.object({ type: z.literal('source'), turn, source, seq }),
  z.object({ type: z.literal('provider_tool_call'), turn, toolCall: providerToolCall, seq }),
  z.object({
    type: z.literal('tool_progress'),
    turn,
    ...callIds,
    toolName: z.string(),
    progress: anyJson.describe('What an async generator yielded before its result.'),
    seq,
  }),
  z.object({
    type: z.literal('tool_result'),
    turn,
    ...callIds,
    internalCallId: z.string(),
    toolName: z.string(),
    args: z.string().exactOptional().describe('The arguments of the call, as compact JSON text.'),
    result: z.string(),
    structuredResult: jsonSchema.exactOptional().describe('The items of a result with images.'),
    isError: z.literal(true).exactOptional(),
    seq,
  }),
  z.object({ type: z.literal('tool_approval_request'), approval, seq }),
  z.object({ type: z.literal('tool_approval_result'), approval, seq }),
  z.object({
    type: z.literal('turn_end'),
    turn,
    usage,
    finishReason: z.string(),
    firstDeltaMs: z.number().exactOptional(),
    response: anyObject.exactOptional().describe('Only with `verbose`.'),
    seq,
  }),
  z.object({ type: z.literal('final'), ...result, seq }),
  z.object({
    type: z.literal('error'),
    runId: z.string(),
    error: runError,
    usage,
    finishReason: z.string().exactOptional(),
    seq,
  }),
  z.object({
    type: z.literal('cancelled'),
    runId: z.string(),
    reason: z.string().exactOptional(),
    usage,
    seq,
  }),
] as const

/** The lines of a stream: the events of the log, and those that only this stream has. */
export const streamEvent = z
  .discriminatedUnion('type', [
    ...logged,
    z
      .object({
        type: z.literal('queued'),
        position: z.int().min(1).exactOptional(),
      })
      .describe('The first line while other runs of the session go first: how many there are.'),
    z.object({ type: z.literal('ping') }).describe('Sent after 15 seconds of silence.'),
  ])
  .meta({ id: 'RunEvent', description: 'One line of the stream of a run, told apart by `type`.' })

type Unnumbered<Event> = Event extends { seq: number } ? Omit<Event, 'seq'> : never

/** One event of a run, before the log numbers it (docs/contracts/runs.md, D.3). */
export type RunEvent = Unnumbered<z.infer<typeof streamEvent>>
