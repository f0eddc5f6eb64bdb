import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isoTime } from '../../lib/clock.ts'
import { type ChangeSet, isOpen } from '../../records/change.ts'
import type { ChangePlan, PlanProgress, StepRecord } from '../../records/plan.ts'
import type { ChangeWork } from '../module.ts'
import { refuseOtherDigest } from '../sets/admit.ts'
import { keepOutcomes, listStanding } from '../sets/plan-progress.ts'
import { requireChange } from '../sets/propose.ts'
import { callerOf, conflict, type NewEvent, nextState } from '../sets/state.ts'

/** A plan that is to be applied, as the caller saw it. */
export interface AskedPlan {
  readonly work: ChangeWork
  readonly exchange: Exchange
  readonly id: string
  readonly digest: string
}

/** A plan that is being applied. */
export interface PlanRun extends AskedPlan {
  readonly plan: ChangePlan
  readonly startedAt: string
}

/** Reads a plan. @throws StudioError `not_found`, or `conflict` for another digest. */
export async function requirePlan({ work, exchange, id, digest }: AskedPlan) {
  const change = await requireChange(work, exchange, id)
  const { plan } = change
  if (!plan) throw new StudioError('not_found', 'Plan not found')
  refuseOtherDigest(change, digest)
  return { change, plan }
}

/** Has everything that the plan has been done at some time? */
export function isCompleted({ events }: Pick<ChangeSet, 'events'>): boolean {
  return events.some(({ type }) => type === 'plan_completed')
}

/** Returns the progress of an attempt that begins. */
export function begun({ startedAt }: Pick<PlanRun, 'startedAt'>): PlanProgress {
  return { status: 'running', startedAt, endedAt: null, steps: [], applied: [], notes: [] }
}

/** What is noted about an attempt. */
interface Note {
  readonly progress: Pick<PlanProgress, 'status' | 'notes'>
  readonly outcomes: readonly StepRecord[]
  /** What had changed something before it was taken back; null for what stands now. */
  readonly applied: readonly string[] | null
  readonly event?: NewEvent
}

/** How often something is tried to be noted while others change the change set. */
const maxTries = 5

/**
 * Notes how far an attempt has come, unless somebody else is at work on the change set, or something that failed comes after the
 * plan was completed by others.
 *
 * @throws StudioError `conflict` when others change it all the time.
 */
export async function notePlan(
  run: PlanRun,
  { progress, outcomes, applied, event }: Note,
): Promise<ChangeSet> {
  const { work, exchange, plan, startedAt } = run
  const isRunning = progress.status === 'running'
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const { change } = await requirePlan(run)
    if (isOpen(change.status) || isCompleted(change)) return change
    const endedAt = isRunning ? null : isoTime(work.clock.now())
    const state = nextState(change, work, {
      progress: {
        ...progress,
        startedAt,
        endedAt,
        steps: keepOutcomes(plan, outcomes),
        applied: applied ?? listStanding(plan, change),
      },
      ...(event ? { event: { ...event, by: callerOf(exchange) } } : {}),
    })
    const version = await work.changes.update(change, state)
    if (version !== null) return { ...change, ...state, version }
  }
  throw conflict('busy', 'The plan is being changed by others; send it again')
}

/** Reasons of a 409 that mean that somebody else works on the plan: the caller may ask again. */
export const busyReasons = new Set<unknown>([
  'busy',
  'migrating',
  'applying',
  'applied',
  'rolling_back',
  'rolled_back',
])

/** Notes why an attempt did not come to its end. What another attempt is at work on is left to that one. */
export async function noteRefusal(
  run: PlanRun,
  outcomes: readonly StepRecord[],
  error: unknown,
): Promise<void> {
  const isTold = error instanceof StudioError
  if (isTold && busyReasons.has((error.details as { reason?: unknown } | undefined)?.reason)) return
  const reason = isTold ? error.message : 'It stopped; the reason is in the log'
  try {
    await notePlan(run, {
      progress: { status: 'failed', notes: [reason] },
      outcomes,
      applied: null,
      event: { type: 'plan_failed', reason },
    })
  } catch (failure) {
    if (!(failure instanceof StudioError)) run.work.onError(failure, run.exchange.request)
  }
}
