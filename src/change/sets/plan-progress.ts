import { isoTime } from '../../lib/clock.ts'
import { type Json, type JsonObject, toWellFormedJson } from '../../lib/json.ts'
import { type ChangeSet, type ChangeSummary, isOpen } from '../../records/change.ts'
import type { ChangePlan, PlannedStep, PlanProgress, StepRecord } from '../../records/plan.ts'
import type { ChangeModule } from '../module.ts'
import type { WireChangeSummary } from './change-answers.ts'

/** The most characters that the outputs of all steps may have together, as JSON, in a change set. */
const maxOutput = 32_768

/** No part of a plan is silent for longer than this, in milliseconds, unless its process has ended. */
const silenceMs = 300_000

/** Lists the steps whose effects are in the files or in the database. */
export function listStanding(
  { steps }: ChangePlan,
  { status, run }: Pick<ChangeSet, 'status' | 'run'>,
): string[] {
  const hasFiles = status === 'applied' || status === 'migrating' || status === 'rolling_back'
  const hasMigrated = run !== null && run.status !== 'reverted' && run.status !== 'failed'
  const has = { none: false, files: hasFiles, database: hasFiles && hasMigrated }
  return steps.filter(({ effects }) => has[effects]).map(({ id }) => id)
}

/** Lists the steps that had changed something and were taken back. */
export function listRolledBack(
  { applied }: Pick<PlanProgress, 'applied'>,
  stands: readonly string[],
): string[] {
  return applied.filter((id) => !stands.includes(id))
}

/** Returns what a change set keeps of the outcomes of steps: no rows, no diffs, and no output above the limit. */
export function keepOutcomes({ steps }: ChangePlan, outcomes: readonly StepRecord[]): StepRecord[] {
  let left = maxOutput
  return outcomes.map((outcome) => {
    const step = steps.find(({ id }) => id === outcome.id)
    const output = step ? toWellFormedJson(keepOutput(step, outcome.output)) : {}
    const size = JSON.stringify(output).length
    if (size > left) return { ...outcome, output: { omitted: `It has ${size} characters` } }
    left -= size
    return { ...outcome, output }
  })
}

function keepOutput({ effects, files }: PlannedStep, output: JsonObject): JsonObject {
  if (effects === 'files') return { files: [...files] } // their diffs are in the change set
  const { rows: _rows, ...rest } = output as JsonObject & { readonly rows?: Json }
  return rest
}

type Facts = Pick<ChangeSummary, 'status' | 'run' | 'progress' | 'events'>

/** Converts how far a plan has come. What stands is what stands now. */
export function toWireProgress(
  plan: ChangePlan,
  change: Facts,
  module: Pick<ChangeModule, 'clock'>,
): NonNullable<WireChangeSummary['plan']>['progress'] {
  const { progress } = change
  if (!progress) return null
  const stands = listStanding(plan, change)
  const applied = [...new Set([...progress.applied, ...stands])]
  return {
    status: isSilent(change, module) ? 'interrupted' : progress.status,
    started_at: progress.startedAt,
    ended_at: progress.endedAt,
    steps: progress.steps.map(({ id, error, output, startedAt, ms }) => ({
      id,
      success: error === null,
      output,
      error,
      started_at: startedAt,
      ms,
    })),
    applied,
    rolled_back: listRolledBack({ applied }, stands),
    stands,
    notes: [...progress.notes],
  }
}

/** A process that ends between two parts of a plan holds nothing that another one could find. */
function isSilent(
  { status, progress, events }: Facts,
  { clock }: Pick<ChangeModule, 'clock'>,
): boolean {
  if (progress?.status !== 'running' || isOpen(status)) return false
  return (events.at(-1)?.at ?? '') < isoTime(clock.now() - silenceMs)
}
