import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isoTime } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangePlan, PlannedStep, StepRecord } from '../../records/plan.ts'
import { migrateChange } from '../migrate/run-migration.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { admitApply } from '../sets/admit.ts'
import { accept, goOn, prefersAsync, requireRoom } from '../sets/background.ts'
import { startWork } from '../sets/endpoints.ts'
import { operate } from '../sets/operate.ts'
import { permit } from '../sets/permit.ts'
import { listRolledBack, listStanding } from '../sets/plan-progress.ts'
import { requireChange } from '../sets/propose.ts'
import { conflict } from '../sets/state.ts'
import { toWireChange } from '../sets/views.ts'
import { proposePlan, toPlanAnswer } from './propose-plan.ts'
import { checkHealth, type CheckOutcome, summarizeContext } from './checks/project-checks.ts'
import { checkRows, type RowCheck } from './checks/query-check.ts'
import {
  type AskedPlan,
  begun,
  busyReasons,
  isCompleted,
  notePlan,
  noteRefusal,
  type PlanRun,
  requirePlan,
} from './note-plan.ts'
import type { WirePlanResult, WireStepResult } from './plan-answers.ts'
import { parseApply } from './parse-plan.ts'
import { maxPlanMs } from './preview-plan.ts'
import { takeBack } from './take-back.ts'

/**
 * Answers `POST /ai/plan/apply`: writes all files of a plan at once, runs its migration, then its checks. Called again after a
 * failure or a crash, it goes on where it stopped. A plan that was not previewed is previewed only. With `Prefer: respond-async`
 * it answers with the change set, whose plan has the progress.
 *
 * @throws StudioError `conflict` with a reason while nothing of the plan may be done, `not_found`, `unprocessable`.
 */
export async function answerPlanApply(
  module: ChangeModule,
  exchange: Exchange,
  body: unknown,
): Promise<WirePlanResult | Response> {
  const request = parseApply(body)
  const work = await startWork(module, exchange)
  if ('plan' in request) {
    const { answer, change } = await proposePlan(work, exchange, { ...request, runId: null })
    if (!change) return answer
    throw conflict('confirmation_required', 'Send plan_id and digest to apply exactly this plan', {
      change_set: toWireChange(change, work),
    })
  }
  const { plan_id: id, digest } = request.shown
  const asked = { work, exchange, id, digest }
  const { change, plan } = await requirePlan(asked)
  await permitAll(asked, plan)
  const isAsync = prefersAsync(exchange)
  if (isAsync && work.background.has(id)) return accept(work, change) // the same request came again
  await admitPlan(asked, change)
  const run = { ...asked, plan, startedAt: isoTime(work.clock.now()) }
  if (!isAsync) return applyPlan(run)
  requireRoom(work, exchange)
  goOn(work, exchange, change, (lasting, own) =>
    applyPlan({ ...run, work: lasting, exchange: own }),
  )
  return accept(work, change)
}

async function admitPlan(asked: AskedPlan, change: ChangeSet): Promise<void> {
  if (change.status !== 'applied') await admitApply(asked.work, asked.exchange, asked)
  else if (isCompleted(change)) throw conflict('applied', 'The plan is applied already')
}

async function applyPlan(run: PlanRun): Promise<WirePlanResult> {
  const outcomes: StepRecord[] = []
  try {
    await doSteps(run, outcomes)
  } catch (error) {
    await noteRefusal(run, outcomes, error)
    throw error
  }
  return outcomes.at(-1)?.error ? fail(run, outcomes) : finish(run, outcomes)
}

/** Does the steps until one fails, and adds what became of each. */
async function doSteps(run: PlanRun, outcomes: StepRecord[]): Promise<void> {
  const { work, plan } = run
  const begin = stopwatch(work)
  const change = await writeFiles(run)
  const written = begin()
  for (const step of plan.steps.filter(({ effects }) => effects === 'files')) {
    outcomes.push({ id: step.id, error: null, output: describeFiles(change, step), ...written })
  }
  const end = performance.now() + maxPlanMs
  for (const step of plan.steps.filter(({ effects }) => effects !== 'files').toSorted(byEffect)) {
    const isMigration = step.effects === 'database'
    const isLate = performance.now() > end && !isMigration
    const late = { output: {}, error: `The checks took more than ${maxPlanMs} ms` }
    const took = stopwatch(work)
    const outcome = isLate ? late : await (isMigration ? migrate(run) : check(run, step))
    outcomes.push({ id: step.id, ...outcome, ...took() })
    if (outcome.error !== null) return
  }
}

/** Returns a function that says when it was made, and how long ago. */
function stopwatch({ clock }: Pick<ChangeWork, 'clock'>) {
  const startedAt = isoTime(clock.now())
  const began = performance.now()
  return () => ({ startedAt, ms: Math.round(performance.now() - began) })
}

/** The migration comes before the checks. */
function byEffect(a: PlannedStep, b: PlannedStep): number {
  return Number(b.effects === 'database') - Number(a.effects === 'database')
}

/** A caller who may not run the migration of a plan must know before its files are written. */
async function permitAll(
  { work, exchange, id }: AskedPlan,
  { steps }: Pick<ChangePlan, 'steps'>,
): Promise<void> {
  await permit(work, exchange, { id, action: 'apply' })
  if (steps.some(({ effects }) => effects === 'database')) {
    await permit(work, exchange, { id, action: 'migrate' })
  }
}

/** Writes the files, unless an earlier call has written them. */
async function writeFiles(run: PlanRun): Promise<ChangeSet> {
  const { work, exchange } = run
  const { change } = await requirePlan(run)
  const progress = begun(run)
  if (change.status === 'applied') {
    await admitPlan(run, change)
    const event = { type: 'plan_started' } as const
    return notePlan(run, { progress, outcomes: [], applied: [], event })
  }
  const admit = () => admitApply(work, exchange, run)
  return operate(work, exchange, { direction: 'apply', admit, progress })
}

async function migrate({ work, exchange, id, digest }: PlanRun): Promise<CheckOutcome> {
  const body = { expected_digest: digest, direction: 'up' }
  try {
    await migrateChange(work, exchange, { id, body })
  } catch (error) {
    if (!(error instanceof StudioError) || isTemporary(error)) throw error
    const { reason } = (error.details ?? {}) as { readonly reason?: unknown }
    if (busyReasons.has(reason)) throw error
    // it has run in an earlier call
    if (reason !== 'migrated') return { output: { reason: String(reason) }, error: error.message }
  }
  const { run, migration } = await requireChange(work, exchange, id)
  const output = {
    apps: migration ? [migration.app] : [],
    migrations: [...(migration?.names ?? [])],
    status: run?.status ?? 'unknown',
    drift: [...(run?.drift ?? [])],
  }
  if (run?.status === 'migrated') return { output, error: null }
  const error =
    run?.status === 'drifted' ? 'The database is not as predicted' : 'The migration has not run'
  return { output, error }
}

/** Is it the moment that is to blame, and not the plan? The caller sends the plan again, and nothing is rolled back. */
function isTemporary(error: unknown): boolean {
  const isTold = error instanceof StudioError
  return isTold && (error.code === 'unavailable' || error.code === 'rate_limited')
}

async function check({ work, exchange }: PlanRun, step: PlannedStep): Promise<CheckOutcome> {
  try {
    if (step.type === 'run_query_check') {
      return await checkRows(work, exchange, step.check as RowCheck) // parsed when it was previewed
    }
    return await (step.type === 'run_health_check' ? checkHealth : summarizeContext)(work, exchange)
  } catch (error) {
    if (isTemporary(error)) throw error
    if (error instanceof StudioError) return { output: {}, error: error.message }
    work.onError(error, exchange.request)
    return { output: {}, error: 'The check could not be made; the reason is in the log' }
  }
}

function toResults({ plan }: PlanRun, outcomes: readonly StepRecord[]): WireStepResult[] {
  return outcomes.flatMap(({ id, error, output }) => {
    const step = plan.steps.find((each) => each.id === id)
    if (!step) return []
    const { type, effects, simulated } = step
    return { id, type, success: error === null, output, error, effects, simulated }
  })
}

function describeFiles({ files, texts }: ChangeSet, { files: paths }: PlannedStep): JsonObject {
  const changed = files.flatMap(({ path }, index) =>
    paths.includes(path) ? [[path, texts[index]?.diff ?? ''] as const] : [],
  )
  return { preview_only: false, files_changed: Object.fromEntries(changed) }
}

async function finish(run: PlanRun, outcomes: readonly StepRecord[]): Promise<WirePlanResult> {
  const notes = ['Everything that the plan has was done']
  const change = await notePlan(run, {
    progress: { status: 'succeeded', notes },
    outcomes,
    applied: null,
    event: { type: 'plan_completed' },
  })
  const applied = listStanding(run.plan, change)
  const results = toResults(run, outcomes)
  const answer = toPlanAnswer(run.work, { results, change, notes, isDry: false })
  return { ...answer, applied, stands: applied }
}

async function fail(run: PlanRun, outcomes: readonly StepRecord[]): Promise<WirePlanResult> {
  const { id, error } = outcomes.at(-1) ?? {}
  const isTakenBack = run.plan.onFailure === 'roll_back'
  const advice = ['Send the plan again to go on where it stopped, or roll its change set back']
  const before = await notePlan(run, {
    progress: isTakenBack ? { status: 'running', notes: [] } : { status: 'failed', notes: advice },
    outcomes,
    applied: null,
    event: { type: 'plan_failed', reason: `Step "${id}": ${error}` },
  })
  const applied = listStanding(run.plan, before)
  const notes = isTakenBack ? await takeBack(run.work, run.exchange, run) : advice
  const change = isTakenBack
    ? await notePlan(run, { progress: { status: 'failed', notes }, outcomes, applied })
    : before
  const stands = listStanding(run.plan, change)
  const results = toResults(run, outcomes)
  return {
    ...toPlanAnswer(run.work, { results, change, notes, isDry: false }),
    applied,
    rolled_back: listRolledBack({ applied }, stands),
    stands,
  }
}
