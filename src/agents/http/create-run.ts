import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { parsePrefer } from '../../http/prefer.ts'
import { checksum } from '../../lib/checksum.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Admission, NewRun } from '../../storage/store.ts'
import type { Engine } from '../engine/engine.ts'
import { limited } from '../engine/load.ts'
import type { AgentsModule } from '../module.ts'
import { eventAnswers, runAnswers } from './answers.ts'
import { tenantOf } from './page.ts'
import { requireAgent, requireSession, requireStore } from './require.ts'
import { respondToRun, type RunCall, shuttingDown } from './run-response.ts'
import {
  checkHistory,
  chooseModel,
  fingerprintInput,
  type RunRequest,
  runRequestSchema,
  toRunInput,
} from './run-request.ts'

/**
 * Returns `POST /agents/:agentId/runs` (docs/contracts/runs.md, 2 and D.2).
 *
 * @see docs/decisions/031-who-streams-from-the-model.md
 */
export function createRunRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'create_run',
    operationId: 'createRun',
    tags: ['runs', 'agents'],
    errors: ['not_found', 'conflict', 'unprocessable', 'rate_limited', 'unsupported_capability'],
    answer: runAnswers('runResult'),
    answers: { 202: runAnswers('run') },
    stream: { media: ['application/x-ndjson'], event: eventAnswers('streamEvent') },
    method: 'POST',
    path: '/agents/:agentId/runs',
    summary: 'Run an agent: buffered, streamed or in the background',
    check: ({ agentId }) => void requireAgent(module, agentId),
    headers: ['prefer', 'idempotency-key'],
    body: runRequestSchema,
    attachments: true,
    async handle({ params: { agentId }, body }, exchange) {
      if (body.sessionId !== undefined) requireStore(module, 'sessions')
      checkHistory(body)
      const model = chooseModel(body, requireAgent(module, agentId))
      if (body.sessionId !== undefined) {
        const session = await requireSession(module, body.sessionId, exchange)
        if (session.agentId !== agentId) throw foreignSession()
      }
      if (typeof body.message === 'object' || body.history || body.messages) {
        const { checkFiles } = await import('./run-files.ts') // most runs have no files
        await checkFiles(body, model)
      }
      const engine = module.engineOf(exchange)
      const prefer = parsePrefer(exchange.request.headers.get('prefer'))
      const onDisconnect = module.agents.get(agentId)?.onDisconnect ?? module.onDisconnect
      const cancels = body.cancelOnDisconnect ?? onDisconnect === 'cancel'
      const call = { engine, exchange, body, prefer, cancels }
      if (cancels && exchange.request.signal.aborted) throw clientLeft()
      if (body.stream || !prefer.respondAsync) engine.checkReaders(tenantOf(exchange))
      const place = engine.enter(tenantOf(exchange), agentId)
      const { run, ahead } = await admitRun(module, agentId, call).catch((error: unknown) => {
        place.leave()
        throw error
      })
      void engine.wake(run.id, exchange.context).then(place.leave, place.leave)
      return respondToRun(
        run,
        { ...call, ahead },
        { location: `${module.publicPath}/runs/${run.id}` },
      )
    },
  })
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
  agentId: string,
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
    input: toRunInput(body, requireAgent(module, agentId), isWatched),
    startedBy: exchange.principal?.id ?? null,
    onBusy: body.onBusy ?? 'enqueue',
    // One that runs, and the queue behind it.
    ...(engine.limits.sessionQueue === Infinity
      ? {}
      : { maxOpenRuns: engine.limits.sessionQueue + 1 }),
    idempotency: await readIdempotency(agentId, body, exchange),
  })
  if (admission.kind === 'created') {
    for (const runId of admission.cancelled) engine.stopCancelled(runId, exchange.context)
  }
  return toAdmitted(admission, engine)
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
