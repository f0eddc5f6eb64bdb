import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { json } from '../../http/respond.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { checksum } from '../../lib/checksum.ts'
import type { Run } from '../../records/run.ts'
import type { Admission, NewRun } from '../../storage/store.ts'
import { ndjsonFormat, streamLog } from './event-stream.ts'
import { tenantOf } from './page.ts'
import {
  checkHistory,
  fingerprintInput,
  parsePrefer,
  type RunRequest,
  runRequestSchema,
  toRunInput,
} from './run-request.ts'
import { awaitOutcome, toOutcomeResponse } from './run-outcome.ts'
import { type AgentRuntime } from '../module.ts'
import { readWireRun, requireAgent, requireSession, requireStore } from './require.ts'

/** Milliseconds of silence after which a stream says that it is alive. */
export const heartbeatMs = 15_000

/** `POST /agents/:agentId/runs`. */
export function createRunRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'create_run',
    method: 'POST',
    path: '/agents/:agentId/runs',
    summary: 'Run an agent: buffered, streamed or in the background',
    check: ({ agentId }) => void requireAgent(runtime, agentId),
    body: runRequestSchema,
    async handle({ params, body }, exchange) {
      const agentId = params['agentId'] ?? ''
      if (body.sessionId !== undefined) requireStore(runtime, 'sessions')
      checkHistory(body)
      if (body.sessionId !== undefined)
        await checkSession(runtime, body.sessionId, agentId, exchange)
      const run = await admit(runtime, agentId, body, exchange)
      runtime.engineOf(exchange).wake(run.id, exchange.context)
      return answer(runtime, run, body, exchange)
    },
  })
}

async function checkSession(
  runtime: AgentRuntime,
  sessionId: string,
  agentId: string,
  exchange: Exchange,
): Promise<void> {
  const session = await requireSession(runtime, sessionId, exchange)
  if (session.agentId !== agentId) {
    throw new StudioError('bad_request', 'The session belongs to another agent', {
      details: [{ path: 'sessionId', message: 'belongs to another agent' }],
    })
  }
}

async function admit(
  runtime: AgentRuntime,
  agentId: string,
  body: RunRequest,
  exchange: Exchange,
): Promise<Run> {
  const engine = runtime.engineOf(exchange)
  if (!engine.accepting()) {
    throw shuttingDown()
  }
  const { respondAsync, wait } = parsePrefer(exchange.request.headers.get('prefer'))
  const watched = body.stream === true || respondAsync || wait !== null
  const admission = await engine.stores.runs.create({
    id: engine.ids.uuid(),
    tenant: tenantOf(exchange),
    agentId,
    sessionId: body.sessionId ?? null,
    traceId: engine.ids.hex(32),
    input: toRunInput(body, requireAgent(runtime, agentId), watched),
    startedBy: exchange.principal?.id ?? null,
    onBusy: body.onBusy ?? 'enqueue',
    idempotency: await readIdempotency(agentId, body, exchange),
  })
  if (admission.kind === 'created') {
    for (const runId of admission.cancelled) {
      engine.active.get(runId)?.('cancelled')
      engine.wake(runId, exchange.context)
    }
  }
  return admittedRun(admission)
}

/** With a `location`, the run was admitted and goes on elsewhere. */
function shuttingDown(headers: Record<string, string> = {}): StudioError {
  return new StudioError('unavailable', 'The runtime is shutting down', {
    headers: { 'retry-after': '1', ...headers },
  })
}

async function readIdempotency(
  agentId: string,
  body: RunRequest,
  { request }: Exchange,
): Promise<NewRun['idempotency']> {
  const key = request.headers.get('idempotency-key')
  if (key === null) return null
  if (key === '' || key.length > 255) {
    throw new StudioError('bad_request', 'Idempotency-Key must have 1 to 255 characters')
  }
  return { key, fingerprint: await checksum(fingerprintInput(agentId, body)) }
}

function admittedRun(admission: Admission): Run {
  switch (admission.kind) {
    case 'created':
    case 'replayed':
      return admission.run
    case 'mismatch':
      throw new StudioError(
        'unprocessable',
        'This Idempotency-Key came with another request before',
      )
    case 'busy':
      throw new StudioError('conflict', 'The session is busy with another run', {
        details: { runId: admission.runId },
      })
    case 'no_session':
      throw new StudioError('not_found', 'Session not found')
  }
}

async function answer(
  runtime: AgentRuntime,
  run: Run,
  body: RunRequest,
  exchange: Exchange,
): Promise<Response> {
  const engine = runtime.engineOf(exchange)
  const headers = { location: `${runtime.publicPath}/runs/${run.id}` }
  const cancel = () => {
    const reason = 'The client disconnected.'
    void engine.cancel(run.tenant, run.id, reason).catch(engine.onError)
  }
  const onCancel = body.cancelOnDisconnect ? cancel : undefined
  if (body.stream) {
    const follower = engine.follow(run, -1)
    const options = { follower, format: ndjsonFormat, heartbeatMs, headers }
    return streamLog(onCancel ? { ...options, onCancel } : options)
  }
  const { respondAsync, wait } = parsePrefer(exchange.request.headers.get('prefer'))
  if (!respondAsync || wait !== null) {
    const { signal } = exchange.request
    if (onCancel) signal.addEventListener('abort', onCancel, { once: true })
    const waitMs = wait === null ? null : wait * 1000
    const outcome = await awaitOutcome(engine, run, { waitMs, signal })
    if (onCancel) signal.removeEventListener('abort', onCancel)
    if (outcome) return toOutcomeResponse(outcome, headers)
    if (!engine.accepting()) throw shuttingDown(headers)
    if (wait === null && !signal.aborted) {
      throw new StudioError('conflict', 'The run was deleted with its session', {
        details: { runId: run.id },
      })
    }
  }
  const applied = wait === null ? 'respond-async' : `wait=${wait}`
  const shown = await readWireRun(engine, run)
  return json(shown, 202, { ...headers, 'preference-applied': applied })
}
