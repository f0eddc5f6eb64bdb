import { isEnded } from '../../records/run.ts'
import { follow, type Follower, type FollowSource } from './follow.ts'
import { orWhenUnavailable } from './outage.ts'
import type { FollowedRun } from './resume.ts'

/** What a follower of a whole run reads from. */
export interface FollowRunSource extends FollowSource {
  /** Returns false once this process shuts down, so that clients reconnect to another one. */
  readonly accepting: () => boolean
}

/**
 * Follows a run like `follow`, but also ends if no terminal entry will come: because the run was deleted, this process
 * shuts down, or the reader had the run's last entry already.
 */
export function followRun(source: FollowRunSource, run: FollowedRun, after: number): Follower {
  const follower = follow(source, run, after)
  // A reader from the start of a log cannot have the last entry already; if the run is deleted, the next look detects it.
  let isChecked = after < 0 && source.onWait !== null
  const checkOver = async () => {
    if (!source.accepting()) return true
    const now = await source.runs.get(run.tenant, run.id)
    if (now && !isEnded(now.status)) return false
    if (now) await follower.join(now)
    return (await source.runs.readLog(run.id, follower.cursor(), 1)).length === 0
  }
  const isOver = () => checkOver().catch(orWhenUnavailable(false))
  return {
    ...follower,
    async next() {
      if (isChecked || !(await isOver())) {
        isChecked = true
        const entries = await follower.next()
        if (entries?.length !== 0) return entries
        if (source.accepting() && (follower.isQuiet() || !(await isOver()))) return entries
      }
      follower.close()
      return null
    },
  }
}
