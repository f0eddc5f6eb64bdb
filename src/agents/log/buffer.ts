import type { LogEntry, Run } from '../../records/run.ts'
import type { LiveTail } from './channel.ts'
import { maxUnstored } from './resume.ts'

/** A line of the log that has no sequence number yet. */
export interface LogLine {
  readonly type: string
  /** The event's JSON without its closing brace. */
  readonly body: string
}

type LogStart = Pick<Run, 'nextSeq' | 'takeoverSeq'>

/** Limits of a buffer, in entries. */
export interface BufferLimits {
  /** How many entries readers may see before they are stored. */
  readonly maxUnstored: number
  /** How many stored entries accumulate before the buffer drops them. */
  readonly maxStored: number
}

/**
 * The lines of a claimed run, in order. It decides when readers see each of them. Lines move through these states:
 *
 * ```
 * append ──────────────────────> visible ──> stored
 * hide ──> waiting ──> commit ─────────────> visible and stored
 * ```
 *
 * A line that `append` adds waits too while older lines wait, so that readers see all lines in order. If those older lines
 * are in a commit, it becomes visible when that commit succeeds.
 */
export interface LogBuffer extends LiveTail {
  /** Returns how many visible entries are not stored. */
  unstored(): number
  /** Returns whether every line is stored. */
  isStored(): boolean
  /** Adds a line that readers may see before it is stored. Returns true if it is visible now. */
  append(type: string, body: string): boolean
  /** Adds lines that readers must not see before they are stored. */
  hide(lines: readonly LogLine[]): void
  /**
   * Starts a commit of all lines that are not stored, followed by `lines`. Returns its entries. End it with
   * `commitSucceeded` or `commitRefused` before the next one; after any other failure the buffer takes no more commits.
   */
  startCommit(lines: readonly LogLine[]): readonly LogEntry[]
  /** Makes the lines of the commit, and those that follow it, visible. Returns true if there are any. */
  commitSucceeded(): boolean
  /** Takes back the sequence numbers of the commit. Its lines wait again, except those passed to `startCommit`. */
  commitRefused(): void
}

interface Commit {
  /** The number of all entries of the commit. */
  readonly size: number
  /** The last entries of the commit, which readers see when it succeeds. */
  readonly unseen: readonly LogEntry[]
  /** The lines of `unseen` that wait again if the commit is refused. */
  readonly waiting: readonly LogLine[]
}

const noCommit: Commit = { size: 0, unseen: [], waiting: [] }
const defaultLimits: BufferLimits = { maxUnstored, maxStored: 1_024 }

/** Creates the buffer of a claimed run. Its first entry gets the `nextSeq` of the run. */
export function createLogBuffer(run: LogStart, limits = defaultLimits): LogBuffer {
  const entries: LogEntry[] = []
  let stored = 0
  let seq = run.nextSeq
  let waiting: LogLine[] = [] // oldest first
  let following = 0 // how many waiting lines, counted from the first, become visible when the commit succeeds
  let commit = noCommit
  const number = (type: string, body: string): LogEntry => {
    const entry = { seq, type, json: `${body},"seq":${seq}}` }
    seq++
    return entry
  }
  const numberAll = (lines: readonly LogLine[]) => lines.map(({ type, body }) => number(type, body))
  return {
    entries,
    takeoverSeq: run.takeoverSeq,
    get stored() {
      return stored
    },
    unstored: () => entries.length - stored,
    isStored: () => entries.length === stored && waiting.length === 0,
    append(type, body) {
      const hasUnseen = commit.unseen.length > 0
      const isFull = entries.length - stored >= limits.maxUnstored
      if (waiting.length === 0 && !hasUnseen && !isFull) {
        entries.push(number(type, body))
        return true
      }
      if (hasUnseen && waiting.length === following && following < limits.maxUnstored) following++
      waiting.push({ type, body })
      return false
    },
    hide: (lines) => void waiting.push(...lines),
    startCommit(lines) {
      const unseen = numberAll([...waiting, ...lines])
      const all = [...entries.slice(stored), ...unseen]
      commit = { size: all.length, unseen, waiting }
      waiting = []
      return all
    },
    commitSucceeded() {
      stored += commit.size
      entries.push(...commit.unseen)
      if (stored >= limits.maxStored) stored -= entries.splice(0, stored).length
      const next = numberAll(waiting.splice(0, following))
      entries.push(...next)
      const hasNew = commit.unseen.length + next.length > 0
      following = 0
      commit = noCommit
      return hasNew
    },
    commitRefused() {
      seq -= commit.unseen.length
      waiting = [...commit.waiting, ...waiting]
      following = 0
      commit = noCommit
    },
  }
}
