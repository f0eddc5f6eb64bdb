import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isRecord } from '../../lib/json.ts'
import { toolResultText } from '../../records/message.ts'
import type { ToolCall } from '../../records/run.ts'
import type { ChangeModule } from '../module.ts'
import { startWork } from '../sets/endpoints.ts'
import { requireChange } from '../sets/propose.ts'
import { toPlanAnswer } from './propose-plan.ts'
import type { WirePlanResult, WireStepResult } from './plan-answers.ts'
import { submitPlanName } from './submissions.ts'

/** How long an answer waits for the planner, in seconds. */
const waitSeconds = 600

/**
 * Starts a run of the planner for the caller, waits for its end, and answers with the last plan that it handed in.
 *
 * @throws StudioError `unprocessable` with what was wrong with the last plan, if none was acceptable; `unavailable` when the run
 *   takes too long. Both name the run.
 */
export async function askPlanner(
  module: ChangeModule,
  exchange: Exchange,
  intent: string,
): Promise<WirePlanResult> {
  const work = await startWork(module, exchange)
  const { runId, failure } = await runPlanner(module, exchange, intent)
  const [journal] = await module.storesOf(exchange).runs.journals([runId])
  const submitted = (journal?.toolCalls ?? []).flatMap(toSubmitted)
  const last = submitted.findLast(({ planId }) => planId !== null)
  if (!last || last.planId === null) {
    const reason = failure ?? 'it handed in no plan'
    throw new StudioError('unprocessable', `The planner made no plan: ${reason}`, {
      details: {
        reason: 'no_plan',
        run_id: runId,
        validation_errors: submitted.at(-1)?.errors ?? [],
      },
    })
  }
  const change = await requireChange(work, exchange, last.planId)
  if (change.plan?.runId !== runId) throw new StudioError('not_found', 'Plan not found')
  const notes = [...change.notes, 'This is a preview; nothing was written']
  return toPlanAnswer(work, { results: last.steps, change, notes, isDry: true })
}

/** Runs the agent through its own route, so that the run has a journal, a trace and the caller's tenant. */
async function runPlanner(
  { introspection, planner }: ChangeModule,
  exchange: Exchange,
  intent: string,
): Promise<{ readonly runId: string; readonly failure: string | null }> {
  const route = introspection.otherRoutes.find(({ name }) => name === 'create_run')
  if (!route) throw new StudioError('unsupported_capability', 'The studio runs no agents')
  const { url, signal } = exchange.request
  const headers = { prefer: `wait=${waitSeconds}` }
  const request = new Request(url, { method: 'POST', headers, signal })
  const input = { params: { agentId: planner ?? '' }, query: undefined, body: { message: intent } }
  try {
    const response = await route.handle(input, { ...exchange, request })
    const runId = response instanceof Response ? readRunId(response) : ''
    if (!(response instanceof Response) || response.status === 200) return { runId, failure: null }
    throw new StudioError('unavailable', 'The planner has not come to an end in time', {
      details: { run_id: runId },
      headers: { 'retry-after': '30' },
    })
  } catch (error) {
    const runId = error instanceof StudioError && isRecord(error.details) && error.details['runId']
    if (!(error instanceof StudioError) || typeof runId !== 'string') throw error
    return { runId, failure: error.message }
  }
}

function readRunId({ headers }: Response): string {
  return headers.get('location')?.split('/').at(-1) ?? ''
}

interface Submitted {
  readonly planId: string | null
  readonly steps: readonly WireStepResult[]
  readonly errors: readonly string[]
}

/** Reads what the tool `submit_plan` answered. */
function toSubmitted({ toolName, result, isError }: ToolCall): Submitted[] {
  if (toolName !== submitPlanName || result === null) return []
  const text = toolResultText(result)
  const answer = isError ? null : parseObject(text)
  const id = answer?.['plan_id']
  if (answer && typeof id === 'string') {
    const steps = Array.isArray(answer['steps']) ? (answer['steps'] as WireStepResult[]) : []
    return [{ planId: id, steps, errors: [] }]
  }
  const errors = answer?.['validation_errors']
  return [{ planId: null, steps: [], errors: Array.isArray(errors) ? errors.map(String) : [] }]
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null // a result that was cut
  }
}
