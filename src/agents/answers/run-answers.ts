import { z } from 'zod'
import { messageSchema } from '../../records/message.ts'
import { runStatuses } from '../../records/run.ts'
import { approval } from './approval-answers.ts'
import {
  anyObject,
  count,
  listOf,
  nextCursor,
  providerToolCall,
  runError,
  source,
  time,
  traceRef,
  usage,
} from './shared.ts'

/** The answer of `GET /runs/:runId`. */
export const run = z
  .object({
    id: z.string(),
    agentId: z.string(),
    sessionId: z.string().exactOptional(),
    status: z.enum(runStatuses),
    createdAt: time,
    startedAt: time.exactOptional(),
    endedAt: time.exactOptional(),
    cancelRequestedAt: time.exactOptional(),
    turns: count,
    usage,
    output: z.string().exactOptional(),
    error: runError.exactOptional(),
    finishReason: z.string().exactOptional(),
    trace: traceRef,
    model: z.string().exactOptional().describe("One of the names of the agent's `models`."),
    metadata: anyObject.exactOptional(),
    preview: z
      .string()
      .exactOptional()
      .describe('The beginning of the prompt on one line, at most 200 characters.'),
    startedBy: z.string().exactOptional(),
    approvals: listOf(approval).describe('Those that are pending.'),
  })
  .meta({ id: 'Run', description: 'A run in its current state.' })

/** A run as clients see it. */
export type WireRun = z.infer<typeof run>

/** The answer of `GET /runs`. */
export const runPage = z
  .object({ runs: listOf(run), ...nextCursor })
  .meta({ id: 'RunPage', description: 'Runs, newest first.' })

/** What the end of a run that succeeded says, in the buffered answer and in the event `final`. */
export const result = {
  runId: z.string(),
  output: z.string().describe('The text of the last assistant message.'),
  messages: listOf(messageSchema).describe('The messages of this run; the prompt is the first.'),
  usage,
  finishReason: z.string().exactOptional(),
  trace: traceRef.exactOptional(),
  sources: listOf(source).exactOptional().describe('What the model cites, each once.'),
  providerToolCalls: listOf(providerToolCall).exactOptional(),
}

/** The answer of `POST /agents/:agentId/runs` after the end of the run. */
export const runResult = z
  .object(result)
  .meta({ id: 'RunResult', description: 'What a run produced.' })

/** The result of a run as clients see it. */
export type WireRunResult = z.infer<typeof runResult>
