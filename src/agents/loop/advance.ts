import type { ClaimedRun, CommitResult } from '../../storage/store.ts'
import { drive } from './run-loop.ts'
import { endRun } from './end-run.ts'
import type { LoopHost, StopReason } from './host.ts'
import { openJournal } from '../log/journal.ts'
import { keepLease } from './lease.ts'
import { joinChannel, leaveChannel } from '../log/channel.ts'
import { toPublicError } from '../../lib/redact.ts'
import { isAway, withPatience } from '../log/outage.ts'
import { restoreWork, type Work } from './run-state.ts'

/** Claims a run and takes it as far as it goes: to its end, or to where it waits. Nothing happens when it is not ours to take. */
export async function advance(engine: LoopHost, runId: string): Promise<void> {
  if (!engine.accepting()) return
  if (engine.active.has(runId)) return void engine.woken.add(runId)
  engine.active.set(runId, claiming)
  try {
    const since = engine.clock.now()
    const claimed = await engine.stores.runs.claim(runId, engine)
    const result = claimed && (await advanceClaimed(engine, claimed, since))
    for (const next of result?.wake ?? []) engine.wake(next)
  } finally {
    engine.active.delete(runId)
    if (engine.woken.delete(runId)) engine.wake(runId)
  }
}

/** The stop of a run that is not claimed yet: the claim, or the first write after it, tells what it would. */
function claiming(): void {}

async function advanceClaimed(
  engine: LoopHost,
  claimed: ClaimedRun,
  since: number,
): Promise<CommitResult | null> {
  const { run } = claimed.journal
  const controller = new AbortController()
  let stopReason: StopReason | null = null
  const stop = (reason: StopReason) => {
    if (stopReason === null || reason === 'lost') stopReason = reason
    controller.abort(new DOMException(`The run was stopped: ${reason}`, 'AbortError'))
  }
  const patiently = <T>(call: () => Promise<T>) =>
    withPatience(engine.leaseMs * 10, engine.closing, call)
  const channel = joinChannel(engine.live, run.id)
  const journal = openJournal({
    runs: engine.stores.runs,
    claimed,
    channel,
    onStop: stop,
    patiently,
    onError: engine.onError,
  })
  engine.active.set(run.id, stop)
  const lease = keepLease(engine, { runId: run.id, epoch: run.epoch }, { since, stop, patiently })
  const { timeoutMs } = run.input
  const deadline = timeoutMs === null ? undefined : setTimeout(() => stop('timeout'), timeoutMs)
  if (run.cancelRequestedAt !== null) stop('cancelled')
  try {
    const parts = {
      engine,
      journal,
      lease,
      patiently,
      signal: controller.signal,
      stopReason: () => stopReason,
    }
    return await driveSafely(restoreWork(claimed, parts))
  } catch (error) {
    if (!journal.lost) engine.onError(error)
    wakeLater(engine, run.id)
    return null
  } finally {
    clearTimeout(deadline)
    lease.close()
    journal.close()
    leaveChannel(engine.live, run.id, channel)
  }
}

/** A run that was lost, to a failing store as a rule, can be claimed again when the lease is over. */
function wakeLater(
  { dispatcher, clock, leaseMs, accepting, onError }: LoopHost,
  runId: string,
): void {
  if (!accepting()) return
  Promise.resolve(dispatcher.wake(runId, clock.now() + leaseMs)).catch(onError)
}

/** An error of ours ends the run, so that nobody waits for it for ever; while the store is away, somebody else goes on with it. */
async function driveSafely(work: Work): Promise<CommitResult> {
  try {
    if (work.run.attempts >= mostAttempts) return await endCrashed(work)
    return await drive(work)
  } catch (error) {
    if (work.journal.lost || isAway(error)) throw error
    work.engine.onError(error)
    return endRun(work, {
      status: 'failed',
      error: { code: 'internal_error', ...toPublicError(error) },
    })
  }
}

/** How often in a row a run may lose its owner, without a tool call that succeeds, before it is given up. */
const mostAttempts = 5

/** A run that takes its process down with it must not take down one after the other. */
function endCrashed(work: Work): Promise<CommitResult> {
  const message = `The run lost its process ${work.run.attempts} times in a row`
  return endRun(work, {
    status: 'failed',
    error: { code: 'crashed', name: 'CrashedError', message },
  })
}
