import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { isoTime } from '../../lib/clock.ts'
import type { ChangeStatus } from '../../records/change.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { admitApply, admitRollback } from './admit.ts'
import type { WireChangeSet, WireChangeSummary } from './change-answers.ts'
import { applyBodySchema, decide, decisionSchema } from './decide.ts'
import { operate } from './operate.ts'
import { permit } from './permit.ts'
import { requireChange, tenantOfCaller } from './propose.ts'
import { recoverAbandoned } from './recover.ts'
import { toChangeTrace } from './trace/read-trace.ts'
import type { WireChangeTrace } from './trace/trace-answers.ts'
import { toWireChange, toWireSummary } from './views.ts'

/**
 * Prepares the work of a request: ends what has expired, and recovers what a process left half done. A recovery that fails is
 * reported, and does not keep anybody from reading.
 *
 * @throws StudioError `unsupported_capability` when the stores keep no change sets.
 */
export async function startWork(module: ChangeModule, exchange: Exchange): Promise<ChangeWork> {
  const changes = module.changesOf(module.storesOf(exchange))
  if (!changes) {
    throw new StudioError('unsupported_capability', 'The stores keep no change sets', {
      details: { capability: 'changes' },
    })
  }
  const work = { ...module, changes, startedAt: module.clock.now() }
  await changes.expire(isoTime(module.clock.now()))
  await recoverAbandoned(work).catch((error: unknown) => module.onError(error, exchange.request))
  return work
}

/** Answers with one page of the caller's change sets. */
export async function listChanges(
  module: ChangeModule,
  exchange: Exchange,
  query: {
    readonly limit: number
    readonly cursor?: string | undefined
    readonly status?: ChangeStatus | undefined
  },
): Promise<{ changes: WireChangeSummary[]; next_cursor: string | null }> {
  const work = await startWork(module, exchange)
  const { items, cursor } = await work.changes.list({
    tenant: tenantOfCaller(exchange),
    limit: query.limit,
    cursor: query.cursor ?? null,
    statuses: query.status ? [query.status] : null,
  })
  return { changes: items.map((item) => toWireSummary(item, work)), next_cursor: cursor }
}

/** Answers with one change set, its texts and its history. */
export async function readChange(
  module: ChangeModule,
  exchange: Exchange,
  id: string,
): Promise<WireChangeSet> {
  const work = await startWork(module, exchange)
  return toWireChange(await requireChange(work, exchange, id), work)
}

/** Answers with the life of a change set as spans. */
export async function readChangeTrace(
  module: ChangeModule,
  exchange: Exchange,
  id: string,
): Promise<WireChangeTrace> {
  const work = await startWork(module, exchange)
  return toChangeTrace(await requireChange(work, exchange, id))
}

/** Decides on a change set and answers with it. */
export async function decideChange(
  module: ChangeModule,
  exchange: Exchange,
  { id, body }: { readonly id: string; readonly body: unknown },
): Promise<WireChangeSet> {
  const request = parse(decisionSchema, body, 'decision')
  const work = await startWork(module, exchange)
  await permit(work, exchange, { id, action: request.approved ? 'approve' : 'reject' })
  return toWireChange(await decide(work, exchange, { ...request, id }), work)
}

/** Writes the files of a change set and answers with it. */
export async function applyChange(
  module: ChangeModule,
  exchange: Exchange,
  { id, body }: { readonly id: string; readonly body: unknown },
): Promise<WireChangeSet> {
  const { expected_digest: digest } = parse(applyBodySchema, body, 'application')
  const work = await startWork(module, exchange)
  await permit(work, exchange, { id, action: 'apply' })
  const admit = () => admitApply(work, exchange, { id, digest })
  await admit()
  return toWireChange(await operate(work, exchange, { direction: 'apply', admit }), work)
}

/** Restores the files of a change set and answers with it. */
export async function rollBackChange(
  module: ChangeModule,
  exchange: Exchange,
  id: string,
): Promise<WireChangeSet> {
  const work = await startWork(module, exchange)
  await permit(work, exchange, { id, action: 'roll_back' })
  await admitRollback(work, exchange, id)
  const change = await operate(work, exchange, {
    direction: 'rollback',
    admit: () => admitRollback(work, exchange, id),
  })
  return toWireChange(change, work)
}
