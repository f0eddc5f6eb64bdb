import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { protocolLevel } from '../../introspection/wire.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { startWork } from '../sets/endpoints.ts'
import { propose } from '../sets/propose.ts'
import { toWireSummary } from '../sets/views.ts'
import { askPlanner } from './ask-planner.ts'
import type { WirePlanResult, WireStepResult } from './plan-answers.ts'
import { type AiPlan, parsePreview } from './parse-plan.ts'
import { previewPlan } from './preview-plan.ts'
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

/** Previews a plan and stores it, if all of its steps can be. */
export async function proposePlan(
  work: ChangeWork,
  exchange: Exchange,
  given: { readonly plan: AiPlan; readonly runId: string | null },
): Promise<{ readonly answer: WirePlanResult; readonly change: ChangeSet | null }> {
  const { results, proposal } = await previewPlan(work, exchange, given)
  const change = proposal && (await propose(work, exchange, { ...proposal, request: given.plan }))
  const said = change
    ? 'This is a preview; nothing was written'
    : 'A step failed; the steps after it were not tried, and nothing was written'
  const notes = [...(change?.notes ?? []), said]
  return { answer: toPlanAnswer(work, { results, change, notes, isDry: true }), change }
}

/** Describes what became of a plan. */
export function toPlanAnswer(
  work: Pick<ChangeWork, 'approve'>,
  {
    results,
    change,
    notes,
    isDry,
  }: {
    readonly results: readonly WireStepResult[]
    readonly change: ChangeSet | null
    readonly notes: readonly string[]
    readonly isDry: boolean
  },
): WirePlanResult {
  return {
    success: results.every(({ success }) => success),
    steps: [...results],
    notes: [...notes],
    dry_run: isDry,
    plan_id: change?.id ?? null,
    digest: change?.digest ?? null,
    run_id: change?.plan?.runId ?? null,
    change_set: change && toWireSummary(change, work),
    applied: [],
    rolled_back: [],
    stands: [],
    version: protocolLevel,
  }
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
