import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parsePrefer } from '../../http/prefer.ts'
import { json } from '../../http/respond.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'
import { toWireChange } from './views.ts'

/** How many change sets a process works at without a request. */
const maxBackground = 10

/** Does the client want an answer before the work is done? */
export function prefersAsync({ request }: Exchange): boolean {
  return parsePrefer(request.headers.get('prefer')).respondAsync
}

/** @throws StudioError `unavailable` while the studio closes, `rate_limited` when too many change sets are worked at. */
export function requireRoom(work: ChangeWork, exchange: Exchange): void {
  const retry = { headers: { 'retry-after': '1' } }
  if (!work.engineOf(exchange).accepting()) {
    throw new StudioError('unavailable', 'The runtime is shutting down', retry)
  }
  if (work.background.size >= maxBackground) {
    throw new StudioError('rate_limited', 'Too many change sets are being worked at', retry)
  }
}

/**
 * Lets work on a change set go on after the response. `task` gets a request of its own, which does not end when the client leaves,
 * and notes in the change set how it ended: a `StudioError` of it is not reported again.
 */
export function goOn(
  work: ChangeWork,
  exchange: Exchange,
  { id }: Pick<ChangeSet, 'id'>,
  task: (work: ChangeWork, exchange: Exchange) => Promise<unknown>,
): void {
  const { background, onError } = work
  const engine = work.engineOf(exchange)
  const { url, headers } = exchange.request
  const request = new Request(url, { headers })
  // the engine of the request that began the work stays open until the work has ended
  const lasting = { ...work, storesOf: () => engine.stores, engineOf: () => engine }
  background.add(id)
  const done = task(lasting, { ...exchange, request })
    .catch((error: unknown) => {
      if (!(error instanceof StudioError)) onError(error, request)
    })
    .then(() => void background.delete(id))
  const kept = engine.keep(id, done)
  exchange.context.waitUntil?.(kept)
}

/** Answers with a change set at which work goes on, and where to read it again. */
export function accept(work: ChangeWork, change: ChangeSet): Response {
  return json(toWireChange(change, work), 202, {
    location: `${work.publicPath}/ai/changes/${change.id}`,
    'preference-applied': 'respond-async',
  })
}
