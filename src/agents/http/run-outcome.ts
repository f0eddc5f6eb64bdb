import { StudioError } from '../../errors.ts'
import { json } from '../../http/respond.ts'
import { onAbort } from '../../lib/deadline.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Engine } from '../engine/engine.ts'
import type { WireRun, WireRunResult } from '../answers/run-answers.ts'
import { isTerminal, type RunEvent } from '../views/events.ts'
import type { FollowedRun } from '../log/resume.ts'
import { toWireRun } from '../views/resources.ts'

/** The last event of a run. */
export type Outcome = Extract<RunEvent, { type: 'final' | 'error' | 'cancelled' }>

/**
 * Waits for a run's last event, through approvals too.
 *
 * @returns null when `waitMs` passed, the signal aborted, the run was deleted or this process stopped first.
 */
export async function awaitOutcome(
  engine: Engine,
  run: FollowedRun,
  { waitMs, signal }: { waitMs: number | null; signal?: AbortSignal },
): Promise<Outcome | null> {
  const follower = engine.follow(run, -1)
  const { close } = follower
  const timer = waitMs === null ? undefined : setTimeout(close, waitMs)
  const remove = signal && onAbort(signal, close)
  try {
    for (;;) {
      const entries = await follower.next()
      if (entries === null) return null
      const last = entries.at(-1)
      if (last && isTerminal(last.type)) return JSON.parse(last.json) as Outcome
    }
  } finally {
    clearTimeout(timer)
    remove?.()
    close()
  }
}

/**
 * Responds with the result of a run that succeeded.
 *
 * @throws StudioError `internal_error` with the run's own code in `details` when it failed, `conflict` when cancelled.
 */
export function toOutcomeResponse(outcome: Outcome, headers: Record<string, string>): Response {
  const { runId } = outcome
  if (outcome.type === 'error') {
    const details = { runId, ...outcome.error, ...finishReasonOf(outcome) }
    const message = `The run failed: ${details.message}`
    throw new StudioError('internal_error', message, { details, headers })
  }
  if (outcome.type === 'cancelled') {
    const details = { runId, ...(outcome.reason === undefined ? {} : { reason: outcome.reason }) }
    throw new StudioError('conflict', 'The run was cancelled', { details, headers })
  }
  const { type: _, ...logged } = outcome
  const { seq: __, ...result } = logged as WireRunResult & { readonly seq?: number }
  return json(result, 200, headers)
}

function finishReasonOf({ finishReason }: { readonly finishReason?: string }) {
  return finishReason === undefined ? {} : { finishReason }
}

/** Reads a run as it stands now, with its pending approvals. A run that was deleted is shown as it was. */
export async function readWireRun({ stores }: Engine, run: RunSummary): Promise<WireRun> {
  const [journal] = await stores.runs.journals([run.id])
  const finishReason = journal?.turns.at(-1)?.finishReason ?? null
  return toWireRun(journal?.run ?? run, journal?.approvals ?? [], finishReason)
}
