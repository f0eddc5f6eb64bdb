import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { PlannedStep } from '../../records/plan.ts'
import { toCatalogs } from '../codegen/answer-codegen.ts'
import type { VisibleCatalog } from '../codegen/visible-catalog.ts'
import type { ChangeWork } from '../module.ts'
import { findWarnings } from '../patch/warnings.ts'
import { joinDrafts } from '../sets/draft.ts'
import { type Proposal, toProjectChecksums } from '../sets/propose.ts'
import { createFileOverlay } from './overlay.ts'
import type { WireStepResult } from './plan-answers.ts'
import type { AiPlan } from './parse-plan.ts'
import { type Preview, previewStep, type StepOutcome } from './preview-step.ts'
import { type ResolvedStep, resolveSteps } from './resolve-steps.ts'

/** How long the steps of a plan may take together, in milliseconds. None starts later. */
export const maxPlanMs = 120_000

/** What a plan would do. Without a proposal a step failed, the last of the results. */
export interface PlanPreview {
  readonly results: readonly WireStepResult[]
  readonly proposal: Omit<Proposal, 'request'> | null
}

/**
 * Runs the steps of a plan on texts in memory and on the shadow, each on what those before it leave. It writes nothing.
 *
 * @throws StudioError `bad_request` that names every step that cannot be, `conflict` while migrations are pending, `unavailable`
 *   without a catalog that a step needs.
 */
export async function previewPlan(
  work: ChangeWork,
  exchange: Exchange,
  { plan, runId }: { readonly plan: AiPlan; readonly runId: string | null },
): Promise<PlanPreview> {
  const end = performance.now() + maxPlanMs
  return work.introspection.withScope(exchange, async (scope) => {
    const snapshot = await scope.snapshot(true)
    let known: VisibleCatalog | undefined
    const catalogs = () => (known ??= toCatalogs(snapshot))
    const steps = await resolveSteps(plan, { work, snapshot, catalogs })
    const files = createFileOverlay(work.workspace)
    const preview = { work, exchange, scope, snapshot, catalogs, steps, files, migration: null }
    const results: WireStepResult[] = []
    for (const resolved of steps) {
      const isLate = performance.now() > end
      const outcome = isLate ? late : await attempt(() => previewStep(preview, resolved))
      results.push(toResult(resolved, outcome))
      if (outcome.error !== null) return { results, proposal: null }
    }
    return { results, proposal: await toProposal(preview, { plan, runId, results }) }
  })
}

const late: StepOutcome = { output: {}, error: `The plan took more than ${maxPlanMs} ms` }

/** What a migration or a check says against the step is the step's failure; what hinders any preview is thrown. */
async function attempt(task: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await task()
  } catch (error) {
    const isOfStep = error instanceof StudioError && stepFaults.has(error.code)
    if (!isOfStep) throw error
    return { output: {}, error: error.message }
  }
}

const stepFaults = new Set<StudioError['code']>(['bad_request', 'unprocessable', 'forbidden'])

function toResult({ step, kind }: ResolvedStep, outcome: StepOutcome): WireStepResult {
  const { output, error, simulated = true } = outcome
  const effects =
    kind === 'migrate' ? 'database' : kind === 'files' || kind === 'model' ? 'files' : 'none'
  return {
    id: step.id,
    type: step.type,
    success: error === null,
    output,
    error,
    effects,
    simulated,
  }
}

async function toProposal(
  { steps, files, migration, snapshot }: Preview,
  {
    plan,
    runId,
    results,
  }: {
    readonly plan: AiPlan
    readonly runId: string | null
    readonly results: readonly WireStepResult[]
  },
): Promise<Omit<Proposal, 'request'>> {
  const edits = await files.toDraft()
  return {
    kind: 'plan',
    checksums: migration?.checksums ?? (await toProjectChecksums(snapshot, false)),
    migration: migration?.migration ?? null,
    proof: migration?.proof ?? null,
    draft: migration ? joinDrafts(edits, migration.draft) : edits,
    reason: plan.intent,
    operations: steps.length,
    warnings: [...findWarnings(edits), ...(migration?.warnings ?? [])],
    notes: [...(migration?.notes ?? [])],
    plan: {
      intent: plan.intent,
      onFailure: plan.on_failure,
      runId,
      steps: steps.map((resolved, index) => toPlanned(resolved, results[index])),
    },
  }
}

function toPlanned(resolved: ResolvedStep, result: WireStepResult | undefined): PlannedStep {
  const { id, type, description, reasoning, depends_on } = resolved.step
  const changed = result?.output['files_changed']
  return {
    id,
    type,
    description,
    reasoning,
    dependsOn: depends_on,
    effects: result?.effects ?? 'none',
    simulated: result?.simulated ?? false,
    files: Object.keys((changed ?? {}) as object),
    check: resolved.kind === 'rows' ? resolved.check : null,
  }
}
