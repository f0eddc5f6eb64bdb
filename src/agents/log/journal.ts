import { isUnavailable, StudioError } from '../../errors.ts'
import type { ClaimedRun, CommitResult, RunChange, RunRef, RunStore } from '../../storage/store.ts'
import { type RunEvent, toOpenJson } from '../views/events.ts'
import { createLogBuffer, type LogBuffer, type LogLine } from './buffer.ts'
import { type LogLimits, type LogSize, measureLog } from './measure.ts'
import { type Channel, closeTail, notify, openTail } from './channel.ts'
import type { OutageRetry } from './outage.ts'
import { mergeChange, type StagedChange } from './staged-change.ts'

/** The single writer of a claimed run's log. All changes of the run go through it, in order. */
export interface Journal {
  /** True once another process has taken the run over: all writes fail from then on. */
  readonly lost: boolean
  /**
   * The error of a write that would fail again, such as a value that the store cannot keep. Null without one. What was
   * staged is dropped then, and the journal takes only the change that ends the run.
   */
  readonly fault: { readonly error: unknown } | null
  /** The limit that the log exceeds; null below it. Further deltas are dropped then, and the run must end. */
  readonly full: keyof LogLimits | null
  /** Shows a delta at once and stores it with the next write. `body` is the event's JSON without its closing brace. */
  delta(type: string, body: string): void
  /** Shows an event at once and stores it with the next write. */
  emit(event: RunEvent): void
  /** Stores a change, and events that readers see only once they are stored, with the next write: within `flushMs`. */
  stage(change: StagedChange, events?: readonly RunEvent[]): void
  /**
   * Stores a change, all staged changes, and events that readers see only once they are stored.
   *
   * @throws if the run was lost, or if the store fails. After `fault`, every change throws its error, except one that ends
   *   the run.
   */
  write(change?: RunChange, events?: readonly RunEvent[]): Promise<CommitResult>
  /** Drops everything that is not stored. Readers that have seen some of it go back to the last stored entry. */
  dropUnstored(): Promise<void>
  /** Ends the claim's live tail. Readers continue with the store, unless they have seen the run's end. */
  close(): void
}

/** The dependencies of a journal. */
export interface JournalOptions {
  readonly runs: RunStore
  readonly claimed: ClaimedRun
  readonly channel: Channel
  /** How long the log may become. */
  readonly limits: LogLimits
  /** Called when the run is lost, cannot be stored, has reached a limit of its log, or when its cancellation was requested. */
  readonly onStop: (reason: 'lost' | 'unstorable' | 'full' | 'cancelled') => void
  readonly retryOutage: OutageRetry
  /** Receives the error of a failed background write. */
  readonly onError: (error: unknown) => void
}

/** The pause before a background write, in milliseconds. A slow store gets longer ones, so that less waits for it. */
const flushMs = 50
const maxFlushMs = 1_000
const flushEntries = 512

interface JournalState {
  readonly options: JournalOptions
  readonly ref: RunRef
  buffer: LogBuffer
  /** The sequence number after the last stored entry. */
  nextSeq: number
  staged: StagedChange
  timer: ReturnType<typeof setTimeout> | undefined
  lastWrite: Promise<unknown>
  /** How long the last write took, in milliseconds. */
  tookMs: number
  /** The number of the last write, which lets the store recognise a repeated one. */
  writes: number
  lost: boolean
  fault: { readonly error: unknown } | null
  ended: boolean
  readonly size: LogSize
}

/** Opens the journal of a claimed run. */
export function openJournal(options: JournalOptions): Journal {
  const { run } = options.claimed.journal
  const state: JournalState = {
    options,
    ref: { runId: run.id, epoch: run.epoch },
    buffer: createLogBuffer(run),
    nextSeq: run.nextSeq,
    staged: {},
    timer: undefined,
    lastWrite: Promise.resolve(),
    tookMs: 0,
    writes: 0,
    lost: false,
    fault: null,
    ended: false,
    size: measureLog(options.claimed, options.limits, () => options.onStop('full')),
  }
  openTail(options.channel, state.buffer)
  return {
    get lost() {
      return state.lost
    },
    get fault() {
      return state.fault
    },
    get full() {
      return state.size.full
    },
    delta: (type, body) => append(state, type, body),
    emit: (event) => append(state, event.type, toOpenJson(event)),
    stage(change, events = []) {
      if (state.fault) return
      state.staged = mergeChange(state.staged, change)
      state.buffer.hide(toLines(state, events))
      writeSoon(state)
    },
    write: (change = {}, events = []) => inOrder(state, () => commit(state, change, events)),
    async dropUnstored() {
      await state.lastWrite.catch(() => undefined)
      dropUnstored(state)
    },
    close() {
      stopTimer(state)
      if (!state.ended) closeTail(options.channel, state.buffer)
    },
  }
}

function append(state: JournalState, type: string, body: string): void {
  const { buffer, size } = state
  if (size.full) return
  size.add(body)
  const isVisible = buffer.append(type, body)
  if (isVisible) notifyReaders(state)
  if (isVisible && buffer.unstored() === flushEntries) writeInBackground(state)
  else writeSoon(state)
}

/** Writes never overlap, so the log has no gaps and changes are stored in the order in which they were staged. */
function inOrder<T>(state: JournalState, next: () => Promise<T>): Promise<T> {
  const written = state.lastWrite.then(next, next)
  state.lastWrite = written
  return written
}

async function commit(
  state: JournalState,
  change: RunChange,
  events: readonly RunEvent[],
): Promise<CommitResult> {
  stopTimer(state)
  if (state.lost) throw lostError
  if (state.fault && change.release?.to !== 'end') throw state.fault.error
  const { options, buffer, ref } = state
  const merged = mergeChange(state.staged, change)
  state.staged = {}
  const entries = buffer.startCommit(toLines(state, events))
  const numbered = { ...merged, entries, write: ++state.writes }
  const send = () => options.runs.commit(ref, numbered)
  const sentAt = performance.now()
  const result = await options.retryOutage(send).catch((error) => {
    throw isUnavailable(error) ? lose(state, error) : fail(state, error)
  })
  state.tookMs = performance.now() - sentAt
  if (!result) throw lose(state, lostError)
  if (result.refused) {
    const { release: _, approvals: __, ...kept } = merged
    state.staged = mergeChange(kept, state.staged)
    state.writes--
    buffer.commitRefused()
    options.onStop('cancelled')
    return result
  }
  state.nextSeq += entries.length
  state.ended = change.release?.to === 'end'
  if (buffer.commitSucceeded()) notifyReaders(state)
  if (result.cancelRequested) options.onStop('cancelled')
  return result
}

function lose(state: JournalState, error: unknown): unknown {
  state.lost = true
  state.options.onStop('lost')
  return error
}

/** Any other error than an outage would come again, so the run must end. What the store refused is dropped. */
function fail(state: JournalState, error: unknown): unknown {
  state.fault = { error }
  state.writes--
  dropUnstored(state)
  state.options.onStop('unstorable')
  return error
}

function dropUnstored(state: JournalState): void {
  const { channel, claimed } = state.options
  const { takeoverSeq } = claimed.journal.run
  const isTail = channel.tail === state.buffer
  state.staged = {}
  closeTail(channel, state.buffer)
  state.buffer = createLogBuffer({ nextSeq: state.nextSeq, takeoverSeq })
  if (isTail) openTail(channel, state.buffer)
}

/** A journal that lost its run must not wake the readers of the next one. */
function notifyReaders({ options: { channel }, buffer }: JournalState): void {
  if (channel.tail === buffer) notify(channel)
}

function stopTimer(state: JournalState): void {
  clearTimeout(state.timer)
  state.timer = undefined
}

function writeSoon(state: JournalState): void {
  const pauseMs = Math.min(Math.max(flushMs, state.tookMs * 4), maxFlushMs)
  state.timer ??= setTimeout(() => writeInBackground(state), pauseMs)
}

function writeInBackground(state: JournalState): void {
  const { onError } = state.options
  inOrder(state, () => flush(state)).catch((error) => {
    // The loop reports what ends the run.
    if (!isTakenOver(error) && error !== state.fault?.error) onError(error)
  })
}

/** Stores what is not stored yet. A write that was asked for meanwhile may have taken everything along, even the end of the run. */
async function flush(state: JournalState): Promise<void> {
  stopTimer(state)
  const isEmpty = Object.keys(state.staged).length === 0 && state.buffer.isStored()
  if (!isEmpty) await commit(state, {}, [])
}

const lostError = new StudioError('conflict', 'The run was taken over')

/** Is this the error of a write after another process has taken the run over? */
export function isTakenOver(error: unknown): boolean {
  return error === lostError
}

/** Encodes events that belong to a change. They are kept beyond the limits too, because the change would be wrong without. */
function toLines({ size }: JournalState, events: readonly RunEvent[]): LogLine[] {
  return events.map((event) => {
    const body = toOpenJson(event)
    size.add(body)
    return { type: event.type, body }
  })
}
