import { defineRoute, type Route } from '../../http/route.ts'
import type { AgentsModule } from '../module.ts'
import { catalogAnswers } from './answers.ts'
import { requireAgent } from './require.ts'

/** `GET /agents/:agentId/tools` and `GET /agents/:agentId/runtime`. */
export function aboutAgentRoutes(module: AgentsModule): Route[] {
  return [
    defineRoute({
      name: 'agent_tools',
      operationId: 'listAgentTools',
      tags: ['agents'],
      errors: ['not_found'],
      answer: catalogAnswers('agentTools'),
      method: 'GET',
      path: '/agents/:agentId/tools',
      summary: 'The tools of an agent, with their input and approval policy',
      async handle({ params: { agentId } }) {
        const { readAgentTools } = await import('./agent-facts.ts')
        return readAgentTools(agentId, requireAgent(module, agentId))
      },
    }),
    defineRoute({
      name: 'agent_runtime',
      operationId: 'getAgentRuntime',
      tags: ['agents'],
      errors: ['not_found'],
      answer: catalogAnswers('agentRuntime'),
      method: 'GET',
      path: '/agents/:agentId/runtime',
      summary: 'How an agent runs here: its models, limits and counts',
      async handle({ params: { agentId } }) {
        const { readRuntime } = await import('./agent-facts.ts')
        return readRuntime(agentId, requireAgent(module, agentId), module)
      },
    }),
  ]
}
