import type { LogEntry, Run } from '../../records/run.ts'
import type { LiveTail } from './channel.ts'
import { maxUnstored } from './resume.ts'

/** A line of the log that has no sequence number yet. */
export interface LogLine {
  readonly type: string
  /** The event's JSON without its closing brace. */
  readonly body: string
}

/** Limits of a buffer, in entries. */
export interface BufferLimits {
  /** How many entries readers may see before they are stored. */
  readonly maxUnstored: number
  /** How many stored entries accumulate before the buffer drops them. */
  readonly maxStored: number
}

interface Commit {
  /** All entries of the commit. */
  readonly size: number
  /** The last entries of the commit, which readers see when it succeeds. */
  readonly unseen: readonly LogEntry[]
  /** The lines of `unseen` that wait again if the commit is refused. */
  readonly waiting: readonly LogLine[]
}

const defaultLimits: BufferLimits = { maxUnstored, maxStored: 1_024 }

/**
 * Puts the lines of a claimed run in order and decides when readers see each of them. Lines move through these states:
 *
 * ```
 * append ──────────────────────> visible ──> stored
 * hide ──> waiting ──> commit ─────────────> visible and stored
 * ```
 *
 * A line that `append` adds waits too while older lines wait, so that readers see all lines in order. If those older lines
 * are in a commit, it becomes visible when that commit succeeds.
 */
export class LogBuffer implements LiveTail {
  readonly entries: LogEntry[] = []
  readonly takeoverSeq: number | null
  stored = 0
  readonly #limits: BufferLimits
  #nextSeq: number
  /** Oldest first. */
  #waiting: LogLine[] = []
  /** How many waiting lines, counted from the first, become visible when the current commit succeeds. */
  #following = 0
  #commit: Commit | null = null

  constructor(run: Pick<Run, 'nextSeq' | 'takeoverSeq'>, limits = defaultLimits) {
    this.takeoverSeq = run.takeoverSeq
    this.#nextSeq = run.nextSeq
    this.#limits = limits
  }

  /** How many visible entries are not stored. */
  get unstored(): number {
    return this.entries.length - this.stored
  }

  /** Adds a line that readers may see before it is stored. Returns true if it is visible now. */
  append(type: string, body: string): boolean {
    const { maxUnstored } = this.#limits
    const isCommitUnseen = this.#commit !== null && this.#commit.unseen.length > 0
    if (this.#waiting.length === 0 && !isCommitUnseen && this.unstored < maxUnstored) {
      this.entries.push(this.#number(type, body))
      return true
    }
    const isNext = isCommitUnseen && this.#waiting.length === this.#following
    if (isNext && this.#following < maxUnstored) this.#following++
    this.#waiting.push({ type, body })
    return false
  }

  /** Adds lines that readers must not see before they are stored. */
  hide(lines: readonly LogLine[]): void {
    this.#waiting.push(...lines)
  }

  /**
   * Starts a commit of all lines that are not stored, followed by `lines`. Returns its entries. End it with
   * `commitSucceeded` or `commitRefused` before the next one; after any other failure the buffer takes no more commits.
   */
  startCommit(lines: readonly LogLine[]): readonly LogEntry[] {
    const waiting = this.#waiting
    this.#waiting = []
    const unseen = [...waiting, ...lines].map(({ type, body }) => this.#number(type, body))
    const entries = [...this.entries.slice(this.stored), ...unseen]
    this.#commit = { size: entries.length, unseen, waiting }
    return entries
  }

  /** Makes the lines of the commit, and those that follow it, visible. Returns true if there are any. */
  commitSucceeded(): boolean {
    const { size, unseen } = this.#endCommit()
    this.entries.push(...unseen)
    this.stored += size
    if (this.stored >= this.#limits.maxStored) {
      this.entries.splice(0, this.stored)
      this.stored = 0
    }
    const following = this.#waiting.splice(0, this.#following)
    for (const { type, body } of following) this.entries.push(this.#number(type, body))
    this.#following = 0
    return unseen.length + following.length > 0
  }

  /** Takes back the sequence numbers of the commit. Its lines wait again, except the ones given to `startCommit`. */
  commitRefused(): void {
    const { unseen, waiting } = this.#endCommit()
    this.#nextSeq -= unseen.length
    this.#waiting = [...waiting, ...this.#waiting]
    this.#following = 0
  }

  #endCommit(): Commit {
    const commit = this.#commit
    if (!commit) throw new Error('No commit has started')
    this.#commit = null
    return commit
  }

  #number(type: string, body: string): LogEntry {
    const seq = this.#nextSeq++
    return { seq, type, json: `${body},"seq":${seq}}` }
  }
}
