import { isEnded } from '../../records/run.ts'
import { follow, type Follower, type FollowSource } from './follow.ts'
import { whenAway } from './outage.ts'
import type { FollowedRun } from './resume.ts'

/** What following a run to its end reads from. */
export interface FollowRunSource extends FollowSource {
  /** False once this process stops: its readers then go on elsewhere. */
  readonly accepting: () => boolean
}

/**
 * Follows a run like `follow`, and ends too where no terminal entry will come: the run was deleted, this process stops,
 * or the reader had the run's last entry.
 */
export function followRun(source: FollowRunSource, run: FollowedRun, after: number): Follower {
  const follower = follow(source, run, after)
  // A new reader of a new run has nothing to miss, where polls would find it gone.
  let looked = after < 0 && source.pollMs !== null
  const lookIfOver = async () => {
    if (!source.accepting()) return true
    const now = await source.runs.get(run.tenant, run.id)
    if (now && !isEnded(now.status)) return false
    if (now) await follower.join(now)
    return (await source.runs.readLog(run.id, follower.cursor(), 1)).length === 0
  }
  const isOver = () => lookIfOver().catch(whenAway(false))
  return {
    ...follower,
    async next() {
      if (looked || !(await isOver())) {
        looked = true
        const entries = await follower.next()
        if (entries?.length !== 0 || !(await isOver())) return entries
      }
      follower.close()
      return null
    },
  }
}
