import { StudioError } from '../../errors.ts'
import type { ClaimedRun, CommitResult, RunChange, RunStore } from '../../storage/store.ts'
import type { LogEntry } from '../../records/run.ts'
import { type RunEvent, toOpenJson } from '../views/events.ts'
import { type Channel, closeWindow, markStored, openWindow, publish } from './channel.ts'
import { mostUnstored } from './resume.ts'

/** What a change adds while it waits for the next write. */
type StagedChange = Omit<RunChange, 'entries' | 'release' | 'approvals'>

/** A line of the log before it has its number. */
interface Line {
  readonly type: string
  /** The event's JSON without its closing brace. */
  readonly body: string
}

/** The pen of a run's owner: everything that happens to a claimed run goes through here, in order. */
export interface Journal {
  /** True once somebody else took the run over: nothing can be written any more. */
  readonly lost: boolean
  /** Shows a delta at once and stores it with the next write. `body` is the event's JSON without its closing brace. */
  delta(type: string, body: string): void
  /** Shows an event at once and stores it with the next write. */
  emit(event: RunEvent): void
  /**
   * Stores a change with the next write, which comes within `flushMs`, and events that readers see only once they are
   * stored.
   */
  stage(change: StagedChange, events?: readonly RunEvent[]): void
  /**
   * Stores a change, whatever was staged, and events that readers see only once they are stored.
   *
   * @throws when the run was lost, or the store cannot work.
   */
  write(change?: RunChange, events?: readonly RunEvent[]): Promise<CommitResult>
  /** Ends the claim's live window; readers go on with the store, unless they have seen the run's end. */
  close(): void
}

/** What a journal works with. */
export interface JournalOptions {
  readonly runs: RunStore
  readonly claimed: ClaimedRun
  readonly channel: Channel
  /** Called once when the run is lost or its cancellation was asked for. */
  readonly onStop: (reason: 'lost' | 'cancelled') => void
  /** Repeats a write while the store is away, for as long as the claim may hold. */
  readonly patiently: <T>(write: () => Promise<T>) => Promise<T>
  /** Called when a write that nobody waits for fails. */
  readonly onError: (error: unknown) => void
}

const flushMs = 50
const flushEntries = 512

/** Opens the journal of a claimed run. */
export function openJournal(options: JournalOptions): Journal {
  const { runs, claimed, channel, patiently, onStop, onError } = options
  const ref = { runId: claimed.journal.run.id, epoch: claimed.journal.run.epoch }
  /** Lines that are shown once they are stored: events of changes, and what came after them. */
  let hidden: Line[] = []
  /** What came while such lines were being stored; null when none are. */
  let behind: Line[] | null = null
  let seq = claimed.journal.run.nextSeq
  let staged: StagedChange = {}
  let timer: ReturnType<typeof setTimeout> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let lost = false
  let ended = false
  let writes = 0
  const window = openWindow(channel, claimed.journal.run)

  const number = ({ type, body }: Line): LogEntry => {
    const entry = { seq, type, json: `${body},"seq":${seq}}` }
    seq++
    return entry
  }

  const commit = async (change: RunChange, events: readonly RunEvent[]): Promise<CommitResult> => {
    clearTimeout(timer)
    timer = undefined
    if (lost) throw lostError
    const merged = mergeChange(staged, change)
    staged = {}
    const waiting = hidden
    hidden = []
    const unseen = [...waiting, ...events.map(toLine)].map(number)
    const entries = [...window.entries.slice(window.stored), ...unseen]
    if (unseen.length > 0) behind = []
    const numbered = { ...merged, entries, write: ++writes }
    const result = await patiently(() => runs.commit(ref, numbered)).catch(stop)
    if (!result) return stop(lostError)
    if (result.refused) {
      const { release: _, approvals: __, ...kept } = merged
      staged = kept
      hidden = [...waiting, ...(behind ?? []), ...hidden]
      behind = null
      seq -= unseen.length
      writes--
      onStop('cancelled')
      return result
    }
    ended = change.release?.to === 'end'
    for (const entry of unseen) publish(channel, window, entry)
    markStored(window, window.stored + entries.length)
    for (const line of behind ?? []) publish(channel, window, number(line))
    behind = null
    if (result.cancelRequested) onStop('cancelled')
    return result
  }
  const stop = (error: unknown): never => {
    lost = true
    onStop('lost')
    throw error
  }
  /** Writes never overlap: the log has no gaps, and what was staged first is stored first. */
  const enqueue = (change: RunChange, events: readonly RunEvent[]): Promise<CommitResult> => {
    const write = () => commit(change, events)
    const written = last.then(write, write)
    last = written
    return written
  }
  const store = () => void enqueue({}, []).catch((error) => error === lostError || onError(error))
  const hide = (lines: readonly Line[]) => {
    hidden.push(...(behind?.splice(0) ?? []), ...lines)
  }
  const show = (line: Line) => {
    const isFull = window.entries.length - window.stored >= mostUnstored
    const queue = hidden.length > 0 ? hidden : behind
    if (isFull && queue !== hidden) hide([line])
    else if (queue) queue.push(line)
    else publish(channel, window, number(line))
    if (window.entries.length - window.stored === flushEntries) store()
    else timer ??= setTimeout(store, flushMs)
  }
  return {
    get lost() {
      return lost
    },
    delta: (type, body) => show({ type, body }),
    emit: (event) => show(toLine(event)),
    stage(change, events = []) {
      staged = mergeChange(staged, change)
      if (events.length > 0) hide(events.map(toLine))
      timer ??= setTimeout(store, flushMs)
    },
    write: (change = {}, events = []) => enqueue(change, events),
    close() {
      clearTimeout(timer)
      if (!ended) closeWindow(channel, window)
    },
  }
}

const lostError = new StudioError('conflict', 'The run was taken over')

function toLine(event: RunEvent): Line {
  return { type: event.type, body: toOpenJson(event) }
}

function mergeChange(staged: StagedChange, change: RunChange): RunChange {
  const messages = [...(staged.messages ?? []), ...(change.messages ?? [])]
  const toolCalls = [...(staged.toolCalls ?? []), ...(change.toolCalls ?? [])]
  return { ...staged, ...change, messages, toolCalls }
}
