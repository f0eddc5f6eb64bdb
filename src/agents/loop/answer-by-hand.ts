import { badRequest, StudioError } from '../../errors.ts'
import { type Clock, isoTime } from '../../lib/clock.ts'
import { type Json, toJson } from '../../lib/json.ts'
import type { ErrorContext } from '../../lib/options/report.ts'
import { toolResultText } from '../../records/message.ts'
import type { WireToolRun } from '../answers/catalog-answers.ts'
import type { Tool } from '../tool.ts'
import type { ToolContext } from '../tool-context.ts'
import { elapsedMs } from '../views/trace-summary.ts'
import { callByHand } from './call-by-hand.ts'

/** How long a call may take whose tool has no time limit, in milliseconds. */
const maxCallMs = 60_000

/** How many values of a generator the answer shows. */
const maxEvents = 1_000

interface ByHand {
  readonly clock: Clock
  onError(cause: unknown, context: ErrorContext): void
  toContext(signal: AbortSignal): ToolContext
}

/** Calls a tool for a person and returns the answer. @throws StudioError if the arguments do not fit, or the call fails. */
export async function answerByHand(
  tool: Tool,
  args: Json,
  { clock, onError, toContext }: ByHand,
): Promise<WireToolRun> {
  const input = await parseArgs(tool, args)
  const started = clock.now()
  const { agentId, runId, toolCallId } = toContext(AbortSignal.abort())
  const outcome = await callByHand(tool, input, {
    timeoutMs: tool.timeoutMs ?? maxCallMs,
    maxEvents,
    toContext,
  })
  const ended = clock.now()
  const [startedAt, endedAt] = [isoTime(started), isoTime(ended)]
  const times = { startedAt, endedAt, durationMs: elapsedMs(startedAt, endedAt) }
  if (outcome.kind === 'needs approval') {
    const details = { agentId, toolName: tool.name, approval: { required: true } }
    throw new StudioError(
      'forbidden',
      'This call needs an approval: let a run of the agent ask for it',
      {
        details: outcome.reason === null ? details : { ...details, reason: outcome.reason },
      },
    )
  }
  if (outcome.kind === 'failed') {
    onError(outcome.cause, { runId, agentId, tool: tool.name, toolCallId })
    throw new StudioError('internal_error', `The tool failed: ${outcome.error.message}`, {
      details: { agentId, toolName: tool.name, status: 'error', ...outcome.error, ...times },
    })
  }
  const { items, progress } = outcome
  return {
    agentId,
    toolName: tool.name,
    status: 'success',
    result: toolResultText(items),
    ...(items.some(({ type }) => type !== 'text') ? { structuredResult: toJson(items) } : {}),
    ...times,
    events: progress.map((value) => ({ type: 'tool_progress', progress: value })),
  }
}

async function parseArgs(tool: Tool, args: Json): Promise<unknown> {
  const parsed = await tool.parseInput(args)
  if (parsed.ok) return parsed.value
  throw badRequest(
    'Invalid request body: args do not fit the tool',
    parsed.faults.map(({ path, message }) => ({
      path: path === '' ? 'args' : `args.${path}`,
      message,
    })),
  )
}
