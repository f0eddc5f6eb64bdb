import { StudioError } from '../errors.ts'
import { json } from '../http/respond.ts'
import type { Run } from '../records/run.ts'
import type { Engine } from './engine.ts'
import { isTerminal, type RunEvent } from './events.ts'
import type { AgentRuntime } from './runtime.ts'

/** The last event of a run. */
export type Outcome = Extract<RunEvent, { type: 'final' | 'error' | 'cancelled' }>

/**
 * Waits for a run's last event, across approvals too.
 *
 * @returns null when `waitMs` passed or the caller left before it came.
 */
export async function awaitOutcome(
  engine: Engine,
  runId: string,
  { waitMs, signal }: { waitMs: number | null; signal?: AbortSignal },
): Promise<Outcome | null> {
  const follower = engine.follow(runId, -1)
  const close = () => follower.close()
  const timer = waitMs === null ? undefined : setTimeout(close, waitMs)
  signal?.addEventListener('abort', close, { once: true })
  try {
    for (;;) {
      const entries = await follower.next()
      if (entries === null) return null
      const last = entries.at(-1)
      if (last && isTerminal(last.type)) return JSON.parse(last.json) as Outcome
    }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', close)
    close()
  }
}

/**
 * The buffered answer to a finished run (contract runs.md 2.3 and D.4).
 *
 * @throws StudioError `internal_error` with the run's own code in `details` when it failed, `conflict` when cancelled.
 */
export function toOutcomeResponse(
  outcome: Outcome,
  { headers, runtime, run }: { headers: Record<string, string>; runtime: AgentRuntime; run: Run },
): Response {
  const { runId } = outcome
  if (outcome.type === 'error') {
    const { code, name, message } = outcome.error
    const details = { runId, code, name, message }
    throw new StudioError('internal_error', `The run failed: ${message}`, { details, headers })
  }
  if (outcome.type === 'cancelled') {
    const details = { runId, ...(outcome.reason === undefined ? {} : { reason: outcome.reason }) }
    throw new StudioError('conflict', 'The run was cancelled', { details, headers })
  }
  const { output, usage, messages } = outcome
  const trace = runtime.sessions ? { trace: { traceId: run.traceId } } : {}
  return json({ runId, output, usage, messages, ...trace }, 200, headers)
}
