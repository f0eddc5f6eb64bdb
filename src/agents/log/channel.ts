import type { LogEntry } from '../../records/run.ts'

/** Where the readers of one run in this process meet its owner, if that is here. */
export interface Channel {
  /** What the owner shows; null while this process does not own the run. */
  window: LiveWindow | null
  readonly readers: Set<Reader>
  readonly waiting: Set<() => void>
  /** Raised by everything a reader may wait for. */
  version: number
  /** Owners and readers that hold the channel open. */
  holders: number
}

/**
 * The live end of a run's log: entries readers may see before, or just after, they are stored. Each claim has its own, so
 * that what a lost one still does reaches neither readers nor the log of the next.
 */
export interface LiveWindow {
  /** Gapless; older entries are in the store. */
  readonly entries: LogEntry[]
  /** How many of the entries the store has. */
  stored: number
  /** What comes next. */
  nextSeq: number
  /** As in `Run`. */
  readonly takeoverSeq: number | null
}

/** A reader of a channel. */
export interface Reader {
  /** The last entry it was given. */
  cursor: number
}

/** The channels of the runs that somebody in this process owns or reads. */
export type Live = Map<string, Channel>

const windowSize = 1024

/** Holds a run's channel open; pair with `leaveChannel`. */
export function joinChannel(live: Live, runId: string): Channel {
  const channel = live.get(runId) ?? {
    window: null,
    readers: new Set(),
    waiting: new Set(),
    version: 0,
    holders: 0,
  }
  channel.holders++
  live.set(runId, channel)
  return channel
}

/** Lets go of a channel; the last one out forgets it. */
export function leaveChannel(live: Live, runId: string, channel: Channel): void {
  channel.holders--
  if (channel.holders === 0) live.delete(runId)
}

/** Wakes every reader: there are new entries, or a reason to look. */
export function notify(channel: Channel): void {
  channel.version++
  if (channel.waiting.size === 0) return
  for (const wake of channel.waiting) wake()
  channel.waiting.clear()
}

/** Begins the window of a claim; its readers look there from now on. */
export function openWindow(
  channel: Channel,
  { nextSeq, takeoverSeq }: Pick<LiveWindow, 'nextSeq' | 'takeoverSeq'>,
): LiveWindow {
  channel.window = { entries: [], stored: 0, nextSeq, takeoverSeq }
  return channel.window
}

/** Shows an entry to readers at once. */
export function publish(channel: Channel, window: LiveWindow, entry: LogEntry): void {
  window.entries.push(entry)
  window.nextSeq = entry.seq + 1
  if (channel.window === window) notify(channel)
}

/** Notes that the store has the first `count` entries of a window, and forgets old ones. */
export function markStored(window: LiveWindow, count: number): void {
  window.stored = count
  if (count < windowSize) return
  window.entries.splice(0, count)
  window.stored = 0
}

/**
 * Ends the window of a claim: from now on the store tells what happens, and readers look there. Entries it has not taken
 * will never be, so readers go back to the last one it has.
 */
export function closeWindow(channel: Channel, window: LiveWindow): void {
  if (channel.window !== window) return
  channel.window = null
  const lost = window.entries[window.stored]
  if (lost) {
    for (const reader of channel.readers) reader.cursor = Math.min(reader.cursor, lost.seq - 1)
  }
  notify(channel)
}

/** Entries after `after`, or null when the window does not reach back that far. */
export function readWindow({ window }: Channel, after: number): readonly LogEntry[] | null {
  const first = window?.entries[0]
  if (!window || !first || after + 1 < first.seq) return null
  return window.entries.slice(after + 1 - first.seq)
}
