import { z } from 'zod'
import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { elapsedMs } from '../views/trace-summary.ts'
import { isoTime } from '../../lib/clock.ts'
import { type Json, jsonObjectSchema, jsonSchema, toJson } from '../../lib/json.ts'
import { toolResultText } from '../../records/message.ts'
import type { WireToolRun } from '../answers/catalog-answers.ts'
import type { AgentsModule } from '../module.ts'
import type { Tool } from '../tool.ts'
import { toToolContext, type ToolContext } from '../tool-context.ts'
import { catalogAnswers } from './answers.ts'
import { tenantOf } from './page.ts'
import { requireAgent, requireFound } from './require.ts'

const toolRunBody = z.object({
  /** The arguments of the call. */
  args: jsonSchema.optional(),
  metadata: jsonObjectSchema.optional(),
})

/** How long a call may take whose tool has no time limit, in milliseconds. */
const maxCallMs = 60_000

/** How many values of a generator the answer shows. */
const maxEvents = 1_000

/**
 * `POST /agents/:agentId/tools/:toolName/runs`: one call of a tool, without a model and without a run.
 *
 * @see docs/decisions/150-a-tool-by-hand.md
 */
export function toolRunRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'run_tool',
    operationId: 'runTool',
    tags: ['agents'],
    errors: ['not_found', 'rate_limited'],
    answer: catalogAnswers('toolRun'),
    method: 'POST',
    path: '/agents/:agentId/tools/:toolName/runs',
    summary: 'Call a tool by hand; a call that needs an approval is refused',
    capability: 'write_data',
    check: ({ agentId, toolName }) => void findTool(module, agentId, toolName),
    body: toolRunBody,
    async handle({ params: { agentId, toolName }, body }, exchange) {
      const tool = findTool(module, agentId, toolName)
      const { args = {}, metadata = null } = body
      const engine = module.engineOf(exchange)
      const place = engine.enter(tenantOf(exchange), agentId)
      try {
        const input = await parseArgs(tool, args)
        const call = { runId: engine.ids.uuid(), agentId, sessionId: null, metadata }
        const toolCallId = `call_${engine.ids.hex(16)}`
        return await callTool(module, exchange, {
          tool,
          input,
          toContext: (signal) => toToolContext({ ...call, toolCallId }, signal),
        })
      } finally {
        place.leave()
      }
    },
  })
}

function findTool(module: AgentsModule, agentId: string, toolName: string): Tool {
  const { tools } = requireAgent(module, agentId)
  return requireFound(
    tools.find(({ name }) => name === toolName),
    'Tool',
  )
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

interface ToolCallByHand {
  readonly tool: Tool
  readonly input: unknown
  toContext(signal: AbortSignal): ToolContext
}

async function callTool(
  { clock, engineOf }: AgentsModule,
  exchange: Exchange,
  { tool, input, toContext }: ToolCallByHand,
): Promise<WireToolRun> {
  const { onError } = engineOf(exchange)
  const { callByHand } = await import('../loop/call-by-hand.ts')
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
    onError(outcome.cause, exchange.request, { runId, agentId, tool: tool.name, toolCallId })
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
