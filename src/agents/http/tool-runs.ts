import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'
import type { AgentsModule } from '../module.ts'
import type { Tool } from '../tool.ts'
import { toToolContext } from '../tool-context.ts'
import { catalogAnswers } from './answers.ts'
import { tenantOf } from './page.ts'
import { requireAgent, requireFound } from './require.ts'

const toolRunBody = z.object({
  /** The arguments of the call. */
  args: jsonSchema.optional(),
  metadata: jsonObjectSchema.optional(),
})

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
        const { answerByHand } = await import('../loop/answer-by-hand.ts')
        const call = { runId: engine.ids.uuid(), agentId, sessionId: null, metadata }
        const toolCallId = `call_${engine.ids.hex(16)}`
        return await answerByHand(tool, args, {
          clock: module.clock,
          onError: (cause, context) => engine.onError(cause, exchange.request, context),
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
