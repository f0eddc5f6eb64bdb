import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { ChangeModule } from '../module.ts'
import { startWork } from '../sets/endpoints.ts'
import { askPlanner } from './ask-planner.ts'
import { parsePreview } from './parse-plan.ts'
import type { WirePlanResult } from './plan-answers.ts'
import { proposePlan } from './propose-plan.ts'
import { maxSubmissions, type Submission, submissions, submitPlanName } from './submissions.ts'

/**
 * Answers `POST /ai/plan/preview`: runs a plan on copies and stores it as one change set. Nothing is written. An intent alone is
 * given to the planner, whose last plan is the answer.
 *
 * @throws StudioError `unprocessable` for a malformed plan, `bad_request` whose `details.validation_errors` name every step that
 *   cannot be.
 */
export async function answerPlanPreview(
  module: ChangeModule,
  exchange: Exchange,
  body: unknown,
): Promise<WirePlanResult> {
  const submission = submissions.get(exchange.request)
  const request = parsePreview(body, module.planner !== null && !submission)
  if ('intent' in request) return askPlanner(module, exchange, request.intent)
  const caller = submission ? await toCaller(module, exchange, submission) : exchange
  const work = await startWork(module, caller)
  const { answer } = await proposePlan(work, caller, {
    plan: request.plan,
    runId: submission?.runId ?? null,
  })
  return answer
}

/** A run acts for the caller who started it: the change set is theirs, and they cannot approve it. */
async function toCaller(
  module: ChangeModule,
  exchange: Exchange,
  { runId, toolCallId }: Submission,
): Promise<Exchange> {
  const [journal] = await module.storesOf(exchange).runs.journals([runId])
  if (!journal) throw new StudioError('not_found', 'Run not found')
  const handedIn = journal.toolCalls
    .filter(({ toolName }) => toolName === submitPlanName)
    .toSorted((a, b) => a.turn - b.turn || a.index - b.index)
  if (handedIn.findIndex((call) => call.toolCallId === toolCallId) >= maxSubmissions) {
    throw new StudioError(
      'forbidden',
      `A run hands in at most ${maxSubmissions} plans. Stop, and say what stands in the way`,
    )
  }
  const { tenant, startedBy } = journal.run
  if (startedBy === null && tenant === '') return { ...exchange, principal: null }
  return { ...exchange, principal: { id: startedBy ?? '', ...(tenant === '' ? {} : { tenant }) } }
}
