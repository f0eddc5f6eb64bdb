import type { z } from 'zod'
import { awaitOutcome } from '../../agents/http/run-outcome.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { requireLog } from '../../agents/log/kept-events.ts'
import type { Engine } from '../../agents/engine/engine.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import { json } from '../../http/respond.ts'
import { isEnded } from '../../records/run.ts'
import type { LoggedEvent } from '../shared/run-events.ts'
import { streamView } from '../shared/view.ts'
import { requirePart, type ResponsePart } from './response-part.ts'
import type { WireResponse } from './response-object.ts'
import { createResponseView, responseFormat } from './response-view.ts'
import type { retrieveQuery } from './wire-queries.ts'

/** A request for one response. */
export interface StoredCall<Query> {
  readonly module: AgentsModule
  readonly exchange: Exchange
  readonly id: string
  readonly query: Query
}

/** Answers `GET /v1/responses/:responseId`: as it is now, or its stream from its beginning or after a number. */
export async function retrieveResponse({
  module,
  exchange,
  id,
  query,
}: StoredCall<z.output<typeof retrieveQuery>>): Promise<Response> {
  const part = await requirePart(module, exchange, { id })
  const engine = module.engineOf(exchange)
  if (query.stream !== 'true' || exchange.method === 'HEAD')
    return json(await readNow(engine, part))
  await requireLog(engine.stores.runs, part.run, part.after)
  engine.checkReaders(part.run.tenant, part.run.id)
  const view = createResponseView(part, query.starting_after)
  return streamView({ engine, run: part.run, after: part.after, view, format: responseFormat })
}

/** How long a request to cancel waits for the run to end before it answers with the response as it is. */
const cancelWaitMs = 1_000

/** Answers `POST /v1/responses/:responseId/cancel`. A response that is not the last of its run stays as it is. */
export async function cancelResponse({
  module,
  exchange,
  id,
}: Omit<StoredCall<unknown>, 'query'>): Promise<Response> {
  const part = await requirePart(module, exchange, { id })
  const engine = module.engineOf(exchange)
  if (!isEnded(part.run.status) && (await isLastPart(engine, part))) {
    await engine.cancel(tenantOf(exchange), part.run.id, 'Cancelled by the caller.')
    await awaitOutcome(engine, part.run, { waitMs: cancelWaitMs })
  }
  return json(await readNow(engine, await requirePart(module, exchange, { id })))
}

/** Is this the part in which the run is, or with which it waits? */
async function isLastPart({ stores }: Engine, { run, pause }: ResponsePart): Promise<boolean> {
  if (!pause) return true
  const pending = await stores.approvals.pendingOf([run.id])
  return pending.some(({ id }) => pause.approvalIds.includes(id))
}

const pageSize = 500

/** Reads a response as the stored log has it. */
async function readNow({ stores }: Engine, part: ResponsePart): Promise<WireResponse> {
  const { run } = part
  await requireLog(stores.runs, run, part.after)
  const view = createResponseView(part, Infinity)
  for (let { after } = part; !view.isOver();) {
    const entries = await stores.runs.readLog(run.id, after, pageSize)
    for (const { json: text } of entries) view.event(JSON.parse(text) as LoggedEvent)
    const last = entries.at(-1)
    if (!last) break
    after = last.seq
  }
  return view.read(run.status === 'queued' ? 'queued' : 'in_progress')
}
