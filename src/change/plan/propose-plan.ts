import type { Exchange } from '../../http/exchange.ts'
import { protocolLevel } from '../../introspection/wire.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'
import { propose } from '../sets/propose.ts'
import { toWireSummary } from '../sets/views.ts'
import type { AiPlan } from './parse-plan.ts'
import type { WirePlanResult, WireStepResult } from './plan-answers.ts'
import { previewPlan } from './preview-plan.ts'

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
  work: Pick<ChangeWork, 'approve' | 'clock'>,
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
