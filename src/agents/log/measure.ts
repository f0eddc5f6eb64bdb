import { utf8Length } from '../../lib/utf8-length.ts'
import type { ResolvedLimits } from '../../lib/options/limits.ts'
import type { ClaimedRun } from '../../storage/store.ts'

/** How long the log of a run may become. */
export type LogLimits = Pick<ResolvedLimits, 'runEvents' | 'runBytes'>

/** The size of a claimed run's log, with the events of earlier claims. */
export interface LogSize {
  /** The limit that the log exceeds; null below both. It stays exceeded for the rest of the claim. */
  readonly full: keyof LogLimits | null
  /** Counts one more event by its JSON without the closing brace. */
  add(body: string): void
}

/**
 * Measures the log of a claimed run from now on. Calls `onFull` once, when the log exceeds a limit.
 *
 * @see docs/decisions/134-a-log-has-a-limit.md
 */
export function measureLog(
  { journal, logBytes = 0 }: ClaimedRun,
  limits: LogLimits,
  onFull: () => void,
): LogSize {
  let events = journal.run.nextSeq
  let bytes = logBytes
  let full: keyof LogLimits | null = null
  return {
    get full() {
      return full
    },
    add(body) {
      events++
      bytes += utf8Length(body) + 1
      if (full) return
      if (events > limits.runEvents) full = 'runEvents'
      else if (bytes > limits.runBytes) full = 'runBytes'
      if (full) onFull()
    },
  }
}
