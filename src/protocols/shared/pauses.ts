import type { Engine } from '../../agents/engine/engine.ts'
import type { RunSummary } from '../../records/run.ts'
import type { LoggedEvent } from './run-events.ts'

const pageSize = 500

/**
 * Resolves to the number of the event with which a run began to wait for an approval: what a client saw last before it decided. While
 * the run has not begun to wait, because other calls of its turn go on, that is the request of the approval. Null if the log has
 * neither.
 */
export async function findPause(
  { stores }: Engine,
  run: RunSummary,
  approvalId: string,
): Promise<number | null> {
  let pause: number | null = null
  let request: number | null = null
  for (let after = -1; ;) {
    const entries = await stores.runs.readLog(run.id, after, pageSize)
    for (const { seq, type, json } of entries) {
      if (type !== 'run_waiting' && type !== 'tool_approval_request') continue
      const event = JSON.parse(json) as LoggedEvent
      if (event.type === 'run_waiting' && event.approvalIds.includes(approvalId)) pause ??= seq
      if (event.type === 'tool_approval_request' && event.approval.id === approvalId) request = seq
    }
    const last = entries.at(-1)
    if (pause !== null || !last) return pause ?? request
    after = last.seq
  }
}
