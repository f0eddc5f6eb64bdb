import type { Message } from '../../records/message.ts'
import type { LogEntry } from '../../records/run.ts'
import { utf8Length } from '../../lib/utf8-length.ts'
import type { SessionReading } from '../store.ts'
import { entryPlace, messagePlace } from './places.ts'

/** So many bytes of the log are read together, if the blobs have them: 16 MiB. */
const pageBytes = 16 * 1_048_576

/** The history of a claim ends with the message that exceeds this, as that of every store: 64 MiB. */
const historyBytes = 64 * 1_048_576

/** Cuts a page of the log before what it refers to is read. At least one entry stays. */
export function cutEntries(entries: readonly LogEntry[]): readonly LogEntry[] {
  let bytes = 0
  for (const [index, entry] of entries.entries()) {
    bytes += entryPlace.held(entry)?.bytes ?? 0
    if (bytes > pageBytes && index > 0) return entries.slice(0, index)
  }
  return entries
}

/** Cuts the history of a claim, whose store has seen references alone. */
export function cutHistory(history: readonly Message[]): readonly Message[] {
  return history.slice(history.length - countNewest(history, historyBytes))
}

/** Cuts the page of a session, whose store has seen references alone. Runs that wrote nothing of the rest are left out. */
export function cutReading(reading: SessionReading, bytes: number): SessionReading {
  const messages = reading.messages.map(({ message }) => message)
  const kept = countNewest(messages, bytes)
  if (kept === messages.length) return reading
  const page = reading.messages.slice(messages.length - kept)
  const runIds = new Set(page.map(({ runId }) => runId))
  return { ...reading, messages: page, runs: reading.runs.filter(({ run }) => runIds.has(run.id)) }
}

/** Counts the newest messages up to the one with which they exceed so many bytes. */
function countNewest(messages: readonly Message[], bytes: number): number {
  if (!messages.some((message) => messagePlace.held(message))) return messages.length
  let total = 0
  let count = 0
  for (const message of [...messages].reverse()) {
    if (total >= bytes) break
    total += messagePlace.held(message)?.bytes ?? utf8Length(JSON.stringify(message))
    count++
  }
  return count
}
