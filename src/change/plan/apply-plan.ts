import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { ChangePlan, ChangeSet, PlannedStep } from '../../records/change.ts'
import { migrateChange } from '../migrate/run-migration.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { admitApply, refuseOtherDigest } from '../sets/admit.ts'
import { startWork } from '../sets/endpoints.ts'
import { operate } from '../sets/operate.ts'
import { permit } from '../sets/permit.ts'
import { requireChange } from '../sets/propose.ts'
import { callerOf, conflict, nextState } from '../sets/state.ts'
import { toWireChange } from '../sets/views.ts'
import { proposePlan, toPlanAnswer } from './propose-plan.ts'
import { checkHealth, type CheckOutcome, summarizeContext } from './checks/project-checks.ts'
import { checkRows, type RowCheck } from './checks/query-check.ts'
import type { WirePlanResult, WireStepResult } from './plan-answers.ts'
import { parseApply } from './parse-plan.ts'
import { maxPlanMs } from './preview-plan.ts'
import { takeBack } from './take-back.ts'

/**
 * Answers `POST /ai/plan/apply`: writes all files of a plan at once, runs its migration, then its checks. Called again after a
 * failure or a crash, it goes on where it stopped. A plan that was not previewed is previewed only.
 *
 * @throws StudioError `conflict` with a reason while nothing of the plan may be done, `not_found`, `unprocessable`.
 */
export async function answerPlanApply(
  module: ChangeModule,
  exchange: Exchange,
  body: unknown,
): Promise<WirePlanResult> {
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
  const { change, plan } = await writeFiles({ work, exchange, id, digest })
  const run = { work, exchange, id, digest, plan }
  const results: WireStepResult[] = plan.steps
    .filter(({ effects }) => effects === 'files')
    .map((step) => toResult(step, { output: describeFiles(change, step), error: null }))
  const end = performance.now() + maxPlanMs
  for (const step of plan.steps.filter(({ effects }) => effects !== 'files').toSorted(byEffect)) {
    const isMigration = step.effects === 'database'
    const isLate = performance.now() > end && !isMigration
    const late = { output: {}, error: `The checks took more than ${maxPlanMs} ms` }
    const outcome = isLate ? late : await (isMigration ? migrate(run) : check(run, step))
    results.push(toResult(step, outcome))
    if (outcome.error !== null) return fail(run, results)
  }
  return finish(run, results)
}

/** The migration comes before the checks. */
function byEffect(a: PlannedStep, b: PlannedStep): number {
  return Number(b.effects === 'database') - Number(a.effects === 'database')
}

/** A plan that is being applied. */
interface PlanRun {
  readonly work: ChangeWork
  readonly exchange: Exchange
  readonly id: string
  readonly digest: string
  readonly plan: ChangePlan
}

async function requirePlan({ work, exchange, id, digest }: Omit<PlanRun, 'plan'>) {
  const change = await requireChange(work, exchange, id)
  const { plan } = change
  if (!plan) throw new StudioError('not_found', 'Plan not found')
  refuseOtherDigest(change, digest)
  return { change, plan }
}

/** A caller who may not run the migration of a plan must know before its files are written. */
async function permitAll(
  { work, exchange, id }: Omit<PlanRun, 'plan'>,
  { steps }: ChangePlan,
): Promise<void> {
  await permit(work, exchange, { id, action: 'apply' })
  if (steps.some(({ effects }) => effects === 'database')) {
    await permit(work, exchange, { id, action: 'migrate' })
  }
}

/** Writes the files, unless an earlier call has written them. */
async function writeFiles(run: Omit<PlanRun, 'plan'>) {
  const { work, exchange } = run
  const { change, plan } = await requirePlan(run)
  await permitAll(run, plan)
  if (change.status === 'applied') {
    if (!change.events.some(({ type }) => type === 'plan_completed')) return { change, plan }
    throw conflict('applied', 'The plan is applied already')
  }
  const admit = () => admitApply(work, exchange, run)
  await admit()
  return { change: await operate(work, exchange, { direction: 'apply', admit }), plan }
}

/** Reasons of a 409 that mean that somebody else works on the plan: the caller may ask again. */
const busy = new Set<unknown>(['busy', 'migrating', 'applying', 'rolling_back', 'rolled_back'])

async function migrate({ work, exchange, id, digest }: PlanRun): Promise<CheckOutcome> {
  const body = { expected_digest: digest, direction: 'up' }
  try {
    await migrateChange(work, exchange, { id, body })
  } catch (error) {
    if (!(error instanceof StudioError) || isTemporary(error)) throw error
    const { reason } = (error.details ?? {}) as { readonly reason?: unknown }
    if (busy.has(reason)) throw error
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

function toResult(
  { id, type, effects, simulated }: PlannedStep,
  { output, error }: CheckOutcome,
): WireStepResult {
  return { id, type, success: error === null, output, error, effects, simulated }
}

function describeFiles({ files, texts }: ChangeSet, { files: paths }: PlannedStep): JsonObject {
  const changed = files.flatMap(({ path }, index) =>
    paths.includes(path) ? [[path, texts[index]?.diff ?? ''] as const] : [],
  )
  return { preview_only: false, files_changed: Object.fromEntries(changed) }
}

async function finish(run: PlanRun, results: readonly WireStepResult[]): Promise<WirePlanResult> {
  const change = await note(run, { type: 'plan_completed', reason: null })
  const applied = listApplied(run.plan, change)
  const answer = toPlanAnswer(run.work, {
    results,
    change,
    notes: ['Everything that the plan has was done'],
    isDry: false,
  })
  return { ...answer, applied, stands: applied }
}

async function fail(run: PlanRun, results: readonly WireStepResult[]): Promise<WirePlanResult> {
  const failed = results.at(-1)
  const reason = `Step "${failed?.id}": ${failed?.error}`
  const before = await note(run, { type: 'plan_failed', reason })
  const applied = listApplied(run.plan, before)
  const isTakenBack = run.plan.onFailure === 'roll_back'
  const notes = isTakenBack
    ? await takeBack(run.work, run.exchange, run)
    : ['Send the plan again to go on where it stopped, or roll its change set back']
  const { change } = await requirePlan(run)
  const stands = listApplied(run.plan, change)
  return {
    ...toPlanAnswer(run.work, { results, change, notes, isDry: false }),
    applied,
    rolled_back: applied.filter((id) => !stands.includes(id)),
    stands,
  }
}

/** Lists the steps whose effects are in the files or in the database. */
function listApplied({ steps }: ChangePlan, { status, run }: ChangeSet): string[] {
  const hasFiles = status === 'applied' || status === 'migrating' || status === 'rolling_back'
  const hasMigrated = run !== null && run.status !== 'reverted' && run.status !== 'failed'
  const has = { none: false, files: hasFiles, database: hasFiles && hasMigrated }
  return steps.filter(({ effects }) => has[effects]).map(({ id }) => id)
}

/** How often an event is tried to be noted while others change the change set. */
const maxTries = 5

async function note(
  run: PlanRun,
  event: { readonly type: 'plan_completed' | 'plan_failed'; readonly reason: string | null },
): Promise<ChangeSet> {
  const { work, exchange } = run
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const { change } = await requirePlan(run)
    if (change.status !== 'applied') return change // somebody else is at work on it
    const state = nextState(change, work, { event: { ...event, by: callerOf(exchange) } })
    const version = await work.changes.update(change, state)
    if (version !== null) return { ...change, ...state, version }
  }
  throw conflict('busy', 'The plan is being changed by others; send it again')
}
