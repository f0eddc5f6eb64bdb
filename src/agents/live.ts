import type { LogEntry } from '../records/run.ts'

/** The live end of one run's log in this process: entries readers may see before, or just after, they are stored. */
export interface Channel {
  /** A window of the log, gapless; older entries are in the store. */
  readonly entries: LogEntry[]
  /** How many entries of the window the store has. */
  stored: number
  readonly waiting: Set<() => void>
  /** Raised by everything a reader may wait for. */
  version: number
  /** Owners and readers that hold the channel open. */
  holders: number
}

/** The channels of the runs that somebody in this process owns or reads. */
export type Live = Map<string, Channel>

const windowSize = 1024

/** Holds a run's channel open; pair with `leaveChannel`. */
export function joinChannel(live: Live, runId: string): Channel {
  const channel = live.get(runId) ?? {
    entries: [],
    stored: 0,
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
  notify(channel)
}

/** Notes that the store has the first `count` entries of the window, and forgets old ones. */
export function markStored(channel: Channel, count: number): void {
  channel.stored = count
  if (count < windowSize) return
  channel.entries.splice(0, count)
  channel.stored = 0
}

/** Empties the window: a new claim of the run starts from what the store has. */
export function resetChannel(channel: Channel): void {
  channel.entries.length = 0
  channel.stored = 0
}

/** Entries after `after`, or null when the window does not reach back that far. */
export function readWindow(channel: Channel, after: number): readonly LogEntry[] | null {
  const first = channel.entries[0]
  if (!first || after + 1 < first.seq) return null
  return channel.entries.slice(after + 1 - first.seq)
}
