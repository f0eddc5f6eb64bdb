import { StudioError } from '../../errors.ts'
import type { ClaimedRun, CommitResult, RunChange, RunRef, RunStore } from '../../storage/store.ts'
import { type RunEvent, toOpenJson } from '../views/events.ts'
import { LogBuffer, type LogLine } from './buffer.ts'
import { type Channel, closeTail, notify, openTail } from './channel.ts'
import type { OutageRetry } from './outage.ts'

/** What a change adds while it waits for the next write. */
type StagedChange = Omit<RunChange, 'entries' | 'release' | 'approvals'>

/** The single writer of a claimed run's log. All changes of the run go through it, in order. */
export interface Journal {
  /** True once another process has taken the run over: all writes fail from then on. */
  readonly lost: boolean
  /** Shows a delta at once and stores it with the next write. `body` is the event's JSON without its closing brace. */
  delta(type: string, body: string): void
  /** Shows an event at once and stores it with the next write. */
  emit(event: RunEvent): void
  /** Stores a change, and events that readers see only once they are stored, with the next write: within `flushMs`. */
  stage(change: StagedChange, events?: readonly RunEvent[]): void
  /**
   * Stores a change, all staged changes, and events that readers see only once they are stored.
   *
   * @throws if the run was lost, or if the store fails.
   */
  write(change?: RunChange, events?: readonly RunEvent[]): Promise<CommitResult>
  /** Ends the claim's live tail. Readers continue with the store, unless they have seen the run's end. */
  close(): void
}

/** The dependencies of a journal. */
export interface JournalOptions {
  readonly runs: RunStore
  readonly claimed: ClaimedRun
  readonly channel: Channel
  /** Called when the run is lost or when its cancellation was requested. */
  readonly onStop: (reason: 'lost' | 'cancelled') => void
  readonly retryOutage: OutageRetry
  /** Receives the error of a failed background write. */
  readonly onError: (error: unknown) => void
}

const flushMs = 50
const flushEntries = 512

/** Opens the journal of a claimed run. */
export function openJournal(options: JournalOptions): Journal {
  return new BufferedJournal(options)
}

class BufferedJournal implements Journal {
  readonly #options: JournalOptions
  readonly #ref: RunRef
  readonly #buffer: LogBuffer
  #staged: StagedChange = {}
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastWrite: Promise<unknown> = Promise.resolve()
  #writes = 0
  #lost = false
  #ended = false

  constructor(options: JournalOptions) {
    const { run } = options.claimed.journal
    this.#options = options
    this.#ref = { runId: run.id, epoch: run.epoch }
    this.#buffer = new LogBuffer(run)
    openTail(options.channel, this.#buffer)
  }

  get lost(): boolean {
    return this.#lost
  }

  delta(type: string, body: string): void {
    const isVisible = this.#buffer.append(type, body)
    if (isVisible) this.#notify()
    if (isVisible && this.#buffer.unstored === flushEntries) this.#writeInBackground()
    else this.#writeSoon()
  }

  emit(event: RunEvent): void {
    this.delta(event.type, toOpenJson(event))
  }

  stage(change: StagedChange, events: readonly RunEvent[] = []): void {
    this.#staged = mergeChange(this.#staged, change)
    this.#buffer.hide(events.map(toLine))
    this.#writeSoon()
  }

  /** Writes never overlap, so the log has no gaps and changes are stored in the order in which they were staged. */
  write(change: RunChange = {}, events: readonly RunEvent[] = []): Promise<CommitResult> {
    const commit = () => this.#commit(change, events)
    const written = this.#lastWrite.then(commit, commit)
    this.#lastWrite = written
    return written
  }

  close(): void {
    clearTimeout(this.#timer)
    if (!this.#ended) closeTail(this.#options.channel, this.#buffer)
  }

  async #commit(change: RunChange, events: readonly RunEvent[]): Promise<CommitResult> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lost) throw lostError
    const { runs, retryOutage, onStop } = this.#options
    const merged = mergeChange(this.#staged, change)
    this.#staged = {}
    const entries = this.#buffer.startCommit(events.map(toLine))
    const numbered = { ...merged, entries, write: ++this.#writes }
    const result = await retryOutage(() => runs.commit(this.#ref, numbered)).catch((error) =>
      this.#lose(error),
    )
    if (!result) return this.#lose(lostError)
    if (result.refused) {
      const { release: _, approvals: __, ...kept } = merged
      this.#staged = mergeChange(kept, this.#staged)
      this.#buffer.commitRefused()
      this.#writes--
      onStop('cancelled')
      return result
    }
    this.#ended = change.release?.to === 'end'
    if (this.#buffer.commitSucceeded()) this.#notify()
    if (result.cancelRequested) onStop('cancelled')
    return result
  }

  #lose(error: unknown): never {
    this.#lost = true
    this.#options.onStop('lost')
    throw error
  }

  /** A journal that lost its run must not wake the readers of the next one. */
  #notify(): void {
    const { channel } = this.#options
    if (channel.tail === this.#buffer) notify(channel)
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.#writeInBackground(), flushMs)
  }

  #writeInBackground(): void {
    this.write().catch((error) => error === lostError || this.#options.onError(error))
  }
}

const lostError = new StudioError('conflict', 'The run was taken over')

function toLine(event: RunEvent): LogLine {
  return { type: event.type, body: toOpenJson(event) }
}

function mergeChange(staged: StagedChange, change: RunChange): RunChange {
  const messages = [...(staged.messages ?? []), ...(change.messages ?? [])]
  const toolCalls = [...(staged.toolCalls ?? []), ...(change.toolCalls ?? [])]
  return { ...staged, ...change, messages, toolCalls }
}
