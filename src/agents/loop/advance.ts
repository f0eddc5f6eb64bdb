import { maxAttempts, type Run, type ToolCall } from '../../records/run.ts'
import type { Claimant, ClaimedRun, CommitResult } from '../../storage/store.ts'
import { runSegments } from '../segments/run-segments.ts'
import { runLoop } from './run-loop.ts'
import { endBroken } from './end-broken.ts'
import { endRun } from './end-run.ts'
import type { ActiveRun, LoopHost, StopReason } from './host.ts'
import { isTakenOver, openJournal } from '../log/journal.ts'
import { keepLease } from './lease.ts'
import { joinChannel, leaveChannel } from '../log/channel.ts'
import { startTimer } from '../../lib/timer.ts'
import { isUnavailable } from '../../errors.ts'
import { retryWhileUnavailable } from '../log/outage.ts'
import { openCalls, reportFailure, restoreState, type RunState } from './run-state.ts'

/**
 * Claims a run and advances it until it ends or waits. Does nothing if this process cannot claim the run.
 *
 * @see docs/decisions/033-work-has-a-deadline-people-do-not.md
 */
export async function advance(host: LoopHost, runId: string): Promise<void> {
  if (!host.accepting()) return
  if (host.active.has(runId)) return void host.woken.add(runId)
  host.active.set(runId, unclaimed)
  try {
    const since = host.clock.now()
    const claimed = await host.stores.runs.claim(runId, toClaimant(host))
    const result = claimed && (await advanceClaimed(host, claimed, since))
    for (const next of result?.wake ?? []) host.wake(next)
  } finally {
    host.active.delete(runId)
    if (host.woken.delete(runId)) host.wake(runId)
  }
}

function toClaimant({ owner, leaseMs, agents }: LoopHost): Claimant {
  // One message more than the model gets tells whether the history was cut.
  const historyLimit = (id: string) => (agents.get(id)?.maxHistory ?? Infinity) + 1
  return { owner, leaseMs, agents, historyLimit }
}

/** Does nothing: the claim, or the first write after it, reports the same reason to stop. */
const unclaimed: ActiveRun = { stop: () => undefined, check: () => undefined }

async function advanceClaimed(
  host: LoopHost,
  claimed: ClaimedRun,
  since: number,
): Promise<CommitResult | null> {
  const { run } = claimed.journal
  const report = (error: unknown) => reportFailure({ host, run }, error)
  const { signal, stop, stopReason } = createStopSwitch(run)
  const retryOutage = <T>(call: () => Promise<T>) =>
    retryWhileUnavailable(host.leaseMs * 10, host.closing, call)
  const channel = joinChannel(host.channels, run.id)
  const journal = openJournal({
    runs: host.stores.runs,
    claimed,
    channel,
    limits: host.limits,
    onStop: stop,
    retryOutage,
    onError: report,
  })
  const lease = keepLease(host, { runId: run.id, epoch: run.epoch }, { since, stop, retryOutage })
  host.active.set(run.id, { stop, check: lease.check })
  const { timeoutMs } = run.input
  const deadline = timeoutMs === null ? null : startTimer(timeoutMs, () => stop('timeout'))
  try {
    const tools = { host, journal, lease, retryOutage, signal, stopReason }
    return await runSafely(restoreState(claimed, tools))
  } catch (error) {
    if (!isTakenOver(error)) report(error)
    wakeAfterLease(host, run.id)
    return null
  } finally {
    deadline?.stop()
    lease.close()
    journal.close()
    leaveChannel(host.channels, run.id, channel)
  }
}

/** The first reason to stop counts, except that `lost` and `unstorable` replace any other. */
function createStopSwitch(run: Run) {
  const controller = new AbortController()
  let stopReason: StopReason | null = null
  const stop = (reason: StopReason) => {
    const wins = reason === 'lost' || (reason === 'unstorable' && stopReason !== 'lost')
    if (stopReason === null || wins) stopReason = reason
    controller.abort(new DOMException(`The run was stopped: ${reason}`, 'AbortError'))
  }
  if (run.cancelRequestedAt !== null) stop('cancelled')
  return { signal: controller.signal, stop, stopReason: () => stopReason }
}

/** A run that this process lost, usually because its store failed, can be claimed again once the lease has expired. */
function wakeAfterLease(
  { dispatcher, clock, leaseMs, accepting, onError }: LoopHost,
  runId: string,
): void {
  if (!accepting()) return
  const woken = dispatcher.wake(runId, clock.now() + leaseMs)
  Promise.resolve(woken).catch((error) => onError(error, undefined, { runId }))
}

/** Ends the run after an internal error, so that clients do not wait forever. During an outage another claim continues it. */
async function runSafely(state: RunState): Promise<CommitResult> {
  const { host, run } = state
  try {
    if (state.run.attempts >= maxAttempts || wasEnding(state)) return await endCrashed(state)
    const { hosted } = host.agents.get(run.agentId) ?? {}
    return await (hosted ? runSegments(state, hosted) : runLoop(state))
  } catch (error) {
    if (state.journal.lost || isUnavailable(error)) throw error
    reportFailure(state, error)
    return endBroken(state, error)
  }
}

/** Only an owner that ends a run cancels approvals. This one was lost before it stored the end, and its reason with it. */
function wasEnding(state: RunState): boolean {
  const isCancelled = ({ approvalId }: ToolCall) =>
    state.approvals.get(approvalId ?? '')?.status === 'cancelled'
  return state.run.cancelRequestedAt === null && openCalls(state).some(isCancelled)
}

/** A run that crashes its process must not crash one process after the other. */
function endCrashed(state: RunState): Promise<CommitResult> {
  const { attempts } = state.run
  const message =
    attempts >= maxAttempts
      ? `The run lost its process ${attempts} times in a row`
      : 'The run lost its process while it ended'
  return endRun(state, {
    status: 'failed',
    error: { code: 'crashed', name: 'CrashedError', message },
  })
}
