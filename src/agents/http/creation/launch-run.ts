import { StudioError } from '../../../errors.ts'
import type { Exchange } from '../../../http/exchange.ts'
import type { Preference } from '../../../http/prefer.ts'
import { checksum } from '../../../lib/checksum.ts'
import type { RunSummary } from '../../../records/run.ts'
import type { Admission, NewRun } from '../../../storage/store.ts'
import type { Engine } from '../../engine/engine.ts'
import { limited } from '../../engine/load.ts'
import type { AgentsModule } from '../../module.ts'
import { tenantOf } from '../page.ts'
import { requireAgent, requireSession, requireStore } from '../require.ts'
import { type RunCall, shuttingDown } from './run-response.ts'
import {
  checkHistory,
  chooseModel,
  fingerprintInput,
  type RunRequest,
  toRunInput,
} from './run-request.ts'

/** A run that is to be started for the caller of a request. */
export interface RunStart {
  readonly agentId: string
  readonly body: RunRequest
  readonly prefer: Preference
  /** What makes a repeated request start one run. @default the header `Idempotency-Key` */
  readonly idempotencyKey?: string
}

/** A run that was started, and the call that it answers. */
export interface StartedRun {
  readonly run: RunSummary
  readonly call: RunCall
}

/**
 * Admits a run for the caller of a request, and wakes it.
 *
 * @throws StudioError for what the caller must change, and at a limit.
 */
export async function launchRun(
  module: AgentsModule,
  exchange: Exchange,
  start: RunStart,
): Promise<StartedRun> {
  const { agentId, body, prefer } = start
  if (body.sessionId !== undefined) requireStore(module, 'sessions')
  checkHistory(body)
  const agent = requireAgent(module, agentId)
  const model = chooseModel(body, agent)
  if (body.sessionId !== undefined) {
    const session = await requireSession(module, body.sessionId, exchange)
    if (session.agentId !== agentId) throw foreignSession()
  }
  if (typeof body.message === 'object' || body.history || body.messages) {
    const { checkFiles } = await import('./run-files.ts') // most runs have no files
    await checkFiles(body, model)
  }
  if (body.clientTools) {
    const { checkClientTools } = await import('../../loop/client-tools.ts') // few runs have some
    checkClientTools(body.clientTools, agent)
  }
  const engine = module.engineOf(exchange)
  const onDisconnect = agent.onDisconnect ?? module.onDisconnect
  const cancels = body.cancelOnDisconnect ?? onDisconnect === 'cancel'
  const call = { engine, exchange, body, prefer, cancels }
  if (cancels && exchange.request.signal.aborted) throw clientLeft()
  if (body.stream || !prefer.respondAsync) engine.checkReaders(tenantOf(exchange))
  const place = engine.enter(tenantOf(exchange), agentId)
  const { run, ahead } = await admitRun(module, start, call).catch((error: unknown) => {
    place.leave()
    throw error
  })
  void engine.wake(run.id, exchange.context).then(place.leave, place.leave)
  return { run, call: { ...call, ahead } }
}

/** The answer for a client that has left, which nobody reads. */
function clientLeft(): StudioError {
  return new StudioError('conflict', 'The client disconnected before the run was admitted')
}

function foreignSession(): StudioError {
  return new StudioError('bad_request', 'The session belongs to another agent', {
    details: [{ path: 'sessionId', message: 'belongs to another agent' }],
  })
}

async function admitRun(
  module: AgentsModule,
  { agentId, idempotencyKey }: RunStart,
  { engine, exchange, body, prefer }: Omit<RunCall, 'ahead'>,
): Promise<AdmittedRun> {
  if (!engine.accepting()) throw shuttingDown()
  const isWatched = body.stream === true || prefer.respondAsync || prefer.wait !== null
  const admission = await engine.stores.runs.create({
    id: engine.ids.uuid(),
    tenant: tenantOf(exchange),
    agentId,
    sessionId: body.sessionId ?? null,
    traceId: engine.ids.hex(32),
    input: {
      ...toRunInput(body, requireAgent(module, agentId), isWatched),
      // whoever reads it parses it; most runs have none
      traceparent: exchange.request.headers.get('traceparent')?.slice(0, 99),
    },
    startedBy: exchange.principal?.id ?? null,
    onBusy: body.onBusy ?? 'enqueue',
    // One that runs, and the queue behind it.
    ...(engine.limits.sessionQueue === Infinity
      ? {}
      : { maxOpenRuns: engine.limits.sessionQueue + 1 }),
    idempotency: await readIdempotency(
      idempotencyKey ?? exchange.request.headers.get('idempotency-key'),
      { agentId, body },
    ),
  })
  if (admission.kind === 'created') {
    for (const runId of admission.cancelled) engine.stopCancelled(runId, exchange.context)
  }
  return toAdmitted(admission, engine)
}

async function readIdempotency(
  key: string | null,
  { agentId, body }: Pick<RunStart, 'agentId' | 'body'>,
): Promise<NewRun['idempotency']> {
  if (key === null) return null
  if (key === '' || key.length > 255) {
    throw new StudioError('bad_request', 'Idempotency-Key must have 1 to 255 characters')
  }
  return { key, fingerprint: await checksum(fingerprintInput(agentId, body)) }
}

/** A run that was admitted, and how many runs of its session go first: null for one that was admitted before. */
interface AdmittedRun {
  readonly run: RunSummary
  readonly ahead: number | null
}

function toAdmitted(admission: Admission, { limits }: Engine): AdmittedRun {
  switch (admission.kind) {
    case 'created':
      return { run: admission.run, ahead: admission.ahead }
    case 'replayed':
      return { run: admission.run, ahead: null }
    case 'mismatch':
      throw new StudioError(
        'unprocessable',
        'This Idempotency-Key came with another request before',
      )
    case 'busy':
      throw new StudioError('conflict', 'The session is busy with another run', {
        details: { runId: admission.runId },
      })
    case 'full':
      throw limited('sessionQueue', limits.sessionQueue)
    case 'no_session':
      throw new StudioError('not_found', 'Session not found')
  }
}
