import { StudioError } from '../../errors.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import type { RunStore } from '../../storage/store.ts'

/**
 * Checks that the events of a run after `after` can be read. Those of a run that has ended are deleted by `retention.logs`, all at once.
 *
 * @throws StudioError `gone` when there were such events and they are deleted.
 */
export async function requireLog(
  runs: Pick<RunStore, 'readLog'>,
  { id, status, nextSeq }: RunSummary,
  after: number,
): Promise<void> {
  const last = nextSeq - 1
  if (!isEnded(status) || after >= last || (await runs.readLog(id, last - 1, 1)).length > 0) return
  throw new StudioError('gone', 'The events of this run were deleted by the retention of logs', {
    details: { runId: id },
  })
}

/**
 * Has a run ended, and has a reader seen its last event? Not where a process was lost: the entries that the reader saw may have
 * been replaced by others with the same numbers.
 *
 * @throws StudioError `gone` when the reader has not, and the events are deleted.
 */
export async function hasNoMore(
  runs: Pick<RunStore, 'readLog'>,
  run: RunSummary,
  after: number,
): Promise<boolean> {
  if (!isEnded(run.status)) return false
  await requireLog(runs, run, after)
  return run.takeoverSeq === null && (await runs.readLog(run.id, after, 1)).length === 0
}
