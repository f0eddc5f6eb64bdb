import { errorCode } from '../../lib/failures/error-code.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { RunError } from '../../records/run.ts'
import type { CommitResult } from '../../storage/store.ts'
import { isUnavailable } from '../../errors.ts'
import { endRun } from './end-run.ts'
import { reportFailure, restoreState, type RunState } from './run-state.ts'

/**
 * Ends a run after an internal error. If the store refused for good what the run wrote, the run ends from what is stored, so
 * that no other claim asks the model again and meets the same error. If that fails too, only the end itself is written.
 *
 * @see docs/decisions/102-what-cannot-be-stored-ends-the-run.md
 */
export async function endBroken(state: RunState, error: unknown): Promise<CommitResult> {
  const { journal } = state
  const ending = { status: 'failed', error: toRunError(state, error) } as const
  try {
    return await endRun(journal.fault ? await reload(state) : state, ending)
  } catch (second) {
    if (journal.lost || isUnavailable(second)) throw second
    reportFailure(state, second)
    await journal.dropUnstored()
    const { usage } = state
    const event = { type: 'error', runId: state.run.id, error: ending.error, usage } as const
    const release = { to: 'end', output: null, partial: null, ...ending } as const
    return journal.write({ usage, release }, [event])
  }
}

/** Never shows what the store said, because it may name tables and quote values. */
function toRunError({ journal }: RunState, error: unknown): RunError {
  if (journal.fault?.error !== error) return { code: 'internal_error', ...toPublicError(error) }
  const code = errorCode(error)
  const message = `The run could not be stored${code === '' ? '' : ` (${code})`}`
  return { code: 'internal_error', name: 'StoreError', message }
}

/** Restores the state from what the store kept. The usage of a turn that was not stored still counts. */
async function reload(state: RunState): Promise<RunState> {
  const { host, run, history, usage, skewMs } = state
  const [rows] = await state.retryOutage(() => host.stores.runs.journals([run.id]))
  if (!rows) throw new Error('The run was deleted')
  const claimed = { history, journal: rows, now: host.clock.now() + skewMs }
  return { ...restoreState(claimed, state), usage }
}
