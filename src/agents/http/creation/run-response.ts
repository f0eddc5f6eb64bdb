import { StudioError } from '../../../errors.ts'
import type { Exchange } from '../../../http/exchange.ts'
import type { Preference } from '../../../http/prefer.ts'
import { json } from '../../../http/respond.ts'
import { onAbort } from '../../../lib/deadline.ts'
import type { RunSummary } from '../../../records/run.ts'
import type { Engine } from '../../engine/engine.ts'
import { heartbeatMs, ndjsonFormat, streamLog } from '../event-stream.ts'
import { readQueuedLine, toQueuedLine } from '../queue.ts'
import { awaitOutcome, readWireRun, toOutcomeResponse } from '../run-outcome.ts'
import type { RunRequest } from './run-request.ts'

/** One request to create a run. */
export interface RunCall {
  readonly engine: Engine
  readonly exchange: Exchange
  readonly body: RunRequest
  readonly prefer: Preference
  /** How many open runs of the session went first at the admission; null for a run that was admitted before. */
  readonly ahead: number | null
  /** True if the run is cancelled when its client disconnects. */
  readonly cancels: boolean
}

type RunHeaders = Readonly<Record<'location', string>>

/** Responds to an admitted run in the mode that the client chose: streamed, in the background or buffered. */
export async function respondToRun(
  run: RunSummary,
  call: RunCall,
  headers: RunHeaders,
): Promise<Response> {
  const { stream = false } = call.body
  const { respondAsync, wait } = call.prefer
  if (call.ahead === null && (stream || !respondAsync)) {
    const { requireLog } = await import('../../log/kept-events.ts') // few requests are repeated
    await requireLog(call.engine.stores.runs, run, -1)
  }
  if (stream) return streamRun(run, call, headers)
  if (respondAsync && wait === null) {
    if (call.exchange.request.signal.aborted) cancelOnDisconnect(run, call)?.()
    return acceptRun(run, call, headers)
  }
  return bufferRun(run, call, headers)
}

async function streamRun(run: RunSummary, call: RunCall, headers: RunHeaders): Promise<Response> {
  const onCancel = cancelOnDisconnect(run, call)
  // Nobody reads, or cancels, a stream whose client left during the admission. Deno aborts later signals after success too.
  if (call.exchange.request.signal.aborted) onCancel?.()
  const { engine, ahead } = call
  const first = ahead === null ? await readQueuedLine(engine, run) : toQueuedLine(ahead)
  const follower = engine.follow(run, -1)
  const options = { follower, format: ndjsonFormat, heartbeatMs, headers, first }
  return streamLog(onCancel ? { ...options, onCancel } : options)
}

/** Waits for the end of the run. If `Prefer: wait` is shorter, answers 202 after that time while the run goes on. */
async function bufferRun(run: RunSummary, call: RunCall, headers: RunHeaders): Promise<Response> {
  const { engine, exchange, prefer } = call
  const { signal } = exchange.request
  const onCancel = cancelOnDisconnect(run, call)
  const remove = onCancel && onAbort(signal, onCancel)
  const waitMs = prefer.wait === null ? null : prefer.wait * 1000
  const outcome = await awaitOutcome(engine, run, { waitMs, signal }).finally(() => remove?.())
  if (outcome) return toOutcomeResponse(outcome, headers)
  if (!engine.accepting()) throw shuttingDown(headers)
  if (prefer.wait === null && !signal.aborted) {
    throw new StudioError('conflict', 'The run was deleted with its session', {
      details: { runId: run.id },
    })
  }
  return acceptRun(run, call, headers)
}

async function acceptRun(
  run: RunSummary,
  { engine, prefer: { wait } }: RunCall,
  headers: RunHeaders,
): Promise<Response> {
  const applied = wait === null ? 'respond-async' : `wait=${wait}`
  return json(await readWireRun(engine, run), 202, { ...headers, 'preference-applied': applied })
}

/** Returns what cancels the run of a client that leaves; undefined where the run goes on without it. */
export function cancelOnDisconnect(
  run: RunSummary,
  { engine, cancels }: Pick<RunCall, 'engine' | 'cancels'>,
): (() => void) | undefined {
  if (!cancels) return undefined
  return () =>
    void engine.cancel(run.tenant, run.id, 'The client disconnected.').catch(engine.onError)
}

/** A `location` in `headers` means that the run was admitted and that another process continues it. */
export function shuttingDown(headers: Partial<RunHeaders> = {}): StudioError {
  return new StudioError('unavailable', 'The runtime is shutting down', {
    headers: { 'retry-after': '1', ...headers },
  })
}
