import type { LogEntry } from '../records/run.ts'

/** The live end of one run's log in this process: entries readers may see before, or just after, they are stored. */
export interface Channel {
  /** A window of the log, gapless; older entries are in the store. */
  readonly entries: LogEntry[]
  /** How many entries of the window the store has. */
  stored: number
  /** The claim that fills the window; null while this process does not own the run. */
  claim: LiveClaim | null
  readonly readers: Set<Reader>
  readonly waiting: Set<() => void>
  /** Raised by everything a reader may wait for. */
  version: number
  /** Owners and readers that hold the channel open. */
  holders: number
}

/** What a claim of this process has shown. */
export interface LiveClaim {
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
    entries: [],
    stored: 0,
    claim: null,
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

/** Shows entries to readers at once. */
export function publish(channel: Channel, entry: LogEntry): void {
  channel.entries.push(entry)
  if (channel.claim) channel.claim.nextSeq = entry.seq + 1
  notify(channel)
}

/** Notes that the store has the first `count` entries of the window, and forgets old ones. */
export function markStored(channel: Channel, count: number): void {
  channel.stored = count
  if (count < windowSize) return
  channel.entries.splice(0, count)
  channel.stored = 0
}

/**
 * Ends the window of a claim: from now on the store tells what happens, and readers look there. Entries it has not taken
 * will never be, so readers go back to the last one it has.
 */
export function closeWindow(channel: Channel): void {
  channel.claim = null
  const lost = channel.entries[channel.stored]
  if (lost) {
    for (const reader of channel.readers) reader.cursor = Math.min(reader.cursor, lost.seq - 1)
  }
  channel.entries.length = 0
  channel.stored = 0
  notify(channel)
}

/** Entries after `after`, or null when the window does not reach back that far. */
export function readWindow(channel: Channel, after: number): readonly LogEntry[] | null {
  const first = channel.entries[0]
  if (!first || after + 1 < first.seq) return null
  return channel.entries.slice(after + 1 - first.seq)
}
