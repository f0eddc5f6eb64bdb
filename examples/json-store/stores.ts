import type { Clock, Stores } from 'fetch-studio'
import { JsonApprovals } from './approvals.ts'
import { JsonFile } from './json-file.ts'
import { JsonRuns } from './runs.ts'
import { JsonSessions } from './sessions.ts'

const systemClock: Clock = { now: () => Date.now() }

/** Keeps everything in one JSON file: for one process, and for as much as a file of a few megabytes holds. */
export function jsonStores(path: string, clock: Clock = systemClock): Stores {
  const file = new JsonFile(path)
  return {
    sessions: new JsonSessions(file, clock),
    runs: new JsonRuns(file, clock),
    approvals: new JsonApprovals(file, clock),
  }
}
