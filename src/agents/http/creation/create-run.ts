import { parsePrefer } from '../../../http/prefer.ts'
import { defineRoute, type Route } from '../../../http/route.ts'
import type { AgentsModule } from '../../module.ts'
import { eventAnswers, runAnswers } from '../answers.ts'
import { requireAgent } from '../require.ts'
import { respondToRun } from './run-response.ts'
import { runRequestSchema } from './run-request.ts'
import { launchRun } from './launch-run.ts'

/**
 * Returns `POST /agents/:agentId/runs` (docs/contracts/runs.md, 2 and D.2).
 *
 * @see docs/decisions/031-who-streams-from-the-model.md
 */
export function createRunRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'create_run',
    operationId: 'createRun',
    tags: ['runs', 'agents'],
    errors: [
      'not_found',
      'conflict',
      'gone',
      'unprocessable',
      'rate_limited',
      'unsupported_capability',
    ],
    answer: runAnswers('runResult'),
    answers: { 202: runAnswers('run') },
    stream: { media: ['application/x-ndjson'], event: eventAnswers('streamEvent') },
    method: 'POST',
    path: '/agents/:agentId/runs',
    summary: 'Run an agent: buffered, streamed or in the background',
    check: ({ agentId }) => void requireAgent(module, agentId),
    headers: ['prefer', 'idempotency-key'],
    body: runRequestSchema,
    attachments: true,
    async handle({ params: { agentId }, body }, exchange) {
      const prefer = parsePrefer(exchange.request.headers.get('prefer'))
      const { run, call } = await launchRun(module, exchange, { agentId, body, prefer })
      return respondToRun(run, call, { location: `${module.publicPath}/runs/${run.id}` })
    },
  })
}
