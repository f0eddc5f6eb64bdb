import { requireAgent, requireStore } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Protocol } from '../../agents/protocol.ts'
import { defineRoute, type LazySchema, type Route } from '../../http/route.ts'
import { makeProtocol } from '../shared/make-protocol.ts'
import { runAgentInputSchema } from './run-agent-input.ts'

const event: LazySchema = async () => (await import('./frames.ts')).agUiEvent

/**
 * Serves each agent to clients of AG-UI 1.0, such as `HttpAgent` of @ag-ui/client: `POST /agents/:agentId/ag-ui` answers with the events
 * of a run. A thread is a session. Approvals are interrupts, and tools of the client are run by the client.
 *
 * @example
 * new Studio([support], { protocols: [agUi()] })
 */
export function agUi(): Protocol {
  return makeProtocol('ag-ui', (module) => [agUiRoute(module)])
}

function agUiRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'run_ag_ui',
    operationId: 'runAgUi',
    tags: ['protocols'],
    errors: ['not_found', 'conflict', 'unprocessable', 'rate_limited', 'unsupported_capability'],
    answers: {},
    stream: { media: ['text/event-stream'], event },
    method: 'POST',
    path: '/agents/:agentId/ag-ui',
    summary: 'Run an agent for a client of AG-UI, answer its interrupts, or show a thread again',
    check({ agentId }) {
      requireAgent(module, agentId)
      requireStore(module, 'sessions')
    },
    body: runAgentInputSchema,
    attachments: true,
    async handle({ params: { agentId }, body }, exchange) {
      const { answerAgUi } = await import('./answer-ag-ui.ts')
      return answerAgUi({ module, exchange, agentId, body })
    },
  })
}
