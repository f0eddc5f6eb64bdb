import type { RunEvent } from '../views/events.ts'
import type { RunState } from './run-state.ts'

/** Does the log say that the run waits for people? A run that was claimed for nothing leaves it so. */
export async function saysWaiting(state: RunState): Promise<boolean> {
  const { run, host, retryOutage } = state
  if (state.isWaiting === null) {
    const read = () => host.stores.runs.readLog(run.id, run.nextSeq - 2, 1)
    const [last] = run.nextSeq === 0 ? [] : await retryOutage(read)
    state.isWaiting ??= last?.type === 'run_waiting'
  }
  return state.isWaiting
}

/** Returns the event that ends a wait; none if the log says of no wait. The caller writes it. */
export async function resume(state: RunState): Promise<RunEvent[]> {
  const wasWaiting = await saysWaiting(state)
  state.isWaiting = false
  return wasWaiting ? [{ type: 'run_resumed' }] : []
}
