import type { LogEntry, Run } from '../../records/run.ts'
import type { RunStore } from '../../storage/store.ts'
import type { Channel } from './channel.ts'

/** The fields of a run that a reader needs. */
export type FollowedRun = Pick<Run, 'id' | 'tenant' | 'nextSeq' | 'takeoverSeq'>

/** How many entries an owner may show before they are stored. */
export const maxUnstored = 2_048

/**
 * Returns the sequence number after which a reader resumes: normally `after`. Entries that a crashed owner showed but never
 * stored are lost. A reader that may have seen such entries resumes where the next owner began, and receives some entries
 * again. Returns null while the log is still shorter than `after`.
 */
export async function findResumePoint(
  runs: Pick<RunStore, 'readLog'>,
  { channel, run, after }: { channel: Channel; run: FollowedRun; after: number },
): Promise<number | null> {
  if (after < 0) return after
  const { takeoverSeq } = channel.tail ?? run
  if (takeoverSeq !== null) {
    const from = Math.max(after - maxUnstored, -1)
    const takeovers = [takeoverSeq]
    for (let seq = from; seq < after;) {
      const entries = await runs.readLog(run.id, seq, after - seq)
      takeovers.push(...entries.filter(isTakeover).map((entry) => entry.seq))
      seq = entries.at(-1)?.seq ?? after
    }
    const earliest = Math.min(...takeovers.filter((seq) => seq > from))
    if (earliest <= after) return earliest - 1
  }
  return after < run.nextSeq || channel.tail ? after : null
}

/** Only a turn that starts where an owner was lost has an `attempt`: 1 if that owner stored nothing of the turn. */
function isTakeover({ type, json }: LogEntry): boolean {
  return type === 'turn_start' && 'attempt' in (JSON.parse(json) as object)
}
