import type { RunSummary } from '../../records/run.ts'
import type { Engine } from '../engine/engine.ts'

/** The first line of a stream whose run waits for its session. */
export interface QueuedLine {
  readonly type: 'queued'
  /** How many runs of the session go first; absent if there are more than one page of them. */
  readonly position?: number
}

/** Returns the line for a run that this many open runs of its session go before; null when there are none. */
export function toQueuedLine(ahead: number): QueuedLine | null {
  return ahead > 0 ? { type: 'queued', position: ahead } : null
}

/** Finds out whether a run waits for its session, and for how many runs. */
export async function readQueuedLine(
  { stores }: Pick<Engine, 'stores'>,
  { id, tenant, status, sessionId }: RunSummary,
): Promise<QueuedLine | null> {
  if (status !== 'queued' || sessionId === null) return null
  const open = await stores.runs.list({
    tenant,
    limit: 100,
    cursor: null,
    statuses: ['queued', 'running', 'waiting'],
    agentId: null,
    sessionId,
  })
  if (open.cursor !== null) return { type: 'queued' }
  const place = open.items.findIndex((run) => run.id === id)
  return place < 0 ? null : toQueuedLine(open.items.length - 1 - place)
}
