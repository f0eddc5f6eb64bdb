import type { LogEntry, Run } from '../../records/run.ts'
import type { RunStore } from '../../storage/store.ts'
import type { Channel } from './channel.ts'

/** A run as a reader needs it. */
export type FollowedRun = Pick<Run, 'id' | 'tenant' | 'nextSeq' | 'takeoverSeq'>

/** Most entries an owner shows before they are stored. */
export const mostUnstored = 2_048

/**
 * Finds where a reader who has the entries up to `after` goes on: there, as a rule. What a lost owner had shown and not
 * stored comes to nothing, and no reader can know; so one who may have seen such entries goes back to where the next owner
 * began, and sees some entries again. Null while this is open: the log is not that long yet.
 */
export async function findSeam(
  runs: Pick<RunStore, 'readLog'>,
  { channel, run, after }: { channel: Channel; run: FollowedRun; after: number },
): Promise<number | null> {
  if (after < 0) return after
  const { nextSeq, takeoverSeq } = channel.window ?? run
  if (takeoverSeq !== null) {
    const from = Math.max(after - mostUnstored, -1)
    const entries = await runs.readLog(run.id, from, mostUnstored)
    const takeovers = [...entries.filter(isTakeover).map(({ seq }) => seq), takeoverSeq]
    const earliest = Math.min(...takeovers.filter((seq) => seq > from))
    if (earliest <= after) return earliest - 1
  }
  return after < nextSeq || channel.window ? after : null
}

/** A model turn that begins once more was under way when its owner was lost. */
function isTakeover({ type, json }: LogEntry): boolean {
  return type === 'turn_start' && 'attempt' in (JSON.parse(json) as object)
}
