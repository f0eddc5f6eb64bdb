import type { Engine } from '../../agents/engine/engine.ts'
import type { RunSummary } from '../../records/run.ts'
import type { LoggedEvent } from '../shared/run-events.ts'

const pageSize = 500

/** Events that another process replaced: from the first number to the one before the last. */
export interface VoidEvents {
  readonly from: number
  readonly to: number
}

/**
 * Finds the stored events, after number `after`, of attempts that another process took over. Their text is not part of the answer. Only
 * runs that were claimed more than once are searched.
 */
export async function findVoid(
  { stores }: Engine,
  run: RunSummary,
  after: number,
): Promise<VoidEvents[]> {
  if (run.epoch < 2) return []
  const voids: VoidEvents[] = []
  let turn = 0
  let from = 0
  for (let last = after; ;) {
    const entries = await stores.runs.readLog(run.id, last, pageSize)
    for (const { seq, type, json } of entries) {
      if (type !== 'turn_start') continue
      const event = JSON.parse(json) as LoggedEvent
      if (event.type !== 'turn_start') continue
      if (turn === event.turn) voids.push({ from, to: seq })
      turn = event.turn
      from = seq
    }
    const end = entries.at(-1)
    if (!end) return voids
    last = end.seq
  }
}
