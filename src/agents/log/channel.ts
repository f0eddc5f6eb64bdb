import type { LogEntry } from '../../records/run.ts'

/** Connects the readers of a run in this process to its owner, if the owner is in this process too. */
export interface Channel {
  /** Null while this process does not own the run. */
  tail: LiveTail | null
  readonly readers: Set<LogReader>
  /** Pages of the stored log that are being read, by version and entry. */
  readonly pages: Map<string, Promise<readonly LogEntry[]>>
  /** Increases with every event that a reader may wait for. */
  version: number
  /** Number of owners and readers that keep the channel open. */
  holders: number
}

/**
 * The newest entries of a run's log: readers see them before, or just after, they are stored. Each claim has its own tail,
 * so a process that lost its lease cannot affect the readers or the log of the next owner.
 */
export interface LiveTail {
  /** Has no gaps. Older entries are in the store. */
  readonly entries: readonly LogEntry[]
  /** How many of the entries, counted from the first, are in the store. */
  readonly stored: number
  /** The `takeoverSeq` of the claimed run. */
  readonly takeoverSeq: number | null
}

/** The position of one reader of a channel. */
export interface LogReader {
  /** The sequence number of the last entry that the reader received. */
  cursor: number
  /** Ends the pause in which the reader waits; null while it does not wait. */
  wake: (() => void) | null
}

/** The open channels, by run id. */
export type Channels = Map<string, Channel>

/** Opens a run's channel or joins it. Each call needs one call of `leaveChannel`. */
export function joinChannel(channels: Channels, runId: string): Channel {
  const channel = channels.get(runId) ?? {
    tail: null,
    readers: new Set(),
    pages: new Map(),
    version: 0,
    holders: 0,
  }
  channel.holders++
  channels.set(runId, channel)
  return channel
}

/** Leaves a channel and removes it if no holder remains. */
export function leaveChannel(channels: Channels, runId: string, channel: Channel): void {
  channel.holders--
  if (channel.holders === 0) channels.delete(runId)
}

/** Wakes all readers because there are new entries, or because they must check the run. */
export function notify(channel: Channel): void {
  channel.version++
  for (const reader of channel.readers) wakeReader(reader)
}

/** Ends the pause of a reader, if it waits. */
export function wakeReader(reader: LogReader): void {
  const { wake } = reader
  reader.wake = null
  wake?.()
}

/** Makes readers continue with the tail of a new claim. */
export function openTail(channel: Channel, tail: LiveTail): void {
  channel.tail = tail
}

/**
 * Ends the tail of a claim: readers continue with the store. Entries that are not stored by now are lost, so readers that
 * have seen them go back to the last stored entry.
 */
export function closeTail(channel: Channel, tail: LiveTail): void {
  if (channel.tail !== tail) return
  channel.tail = null
  const lost = tail.entries[tail.stored]
  if (lost) {
    for (const reader of channel.readers) reader.cursor = Math.min(reader.cursor, lost.seq - 1)
  }
  notify(channel)
}

/** Returns the entries after `after`, or null if the tail does not reach back that far. */
export function readTail({ tail }: Channel, after: number): readonly LogEntry[] | null {
  const first = tail?.entries[0]
  if (!tail || !first || after + 1 < first.seq) return null
  return tail.entries.slice(after + 1 - first.seq)
}
