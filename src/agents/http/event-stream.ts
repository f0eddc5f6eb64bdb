import { streamTexts } from '../../http/stream-texts.ts'
import { watchSilence } from '../../lib/timer.ts'
import type { LogEntry } from '../../records/run.ts'
import { isTerminal } from '../views/events.ts'
import type { Follower } from '../log/follow.ts'

/** Milliseconds of silence after which a stream sends a heartbeat. */
export const heartbeatMs = 15_000

/** How a log is encoded for the wire. */
export interface StreamFormat {
  readonly contentType: string
  encode(entries: readonly LogEntry[]): string
  /** Encodes an event that has no number, because it belongs to this stream and not to the run. */
  encodeOwn(event: { readonly type: string }): string
  /** Sent after a silence, so that no proxy cuts the connection. */
  readonly heartbeat: string
}

/** Newline-delimited JSON: one event per line. */
export const ndjsonFormat: StreamFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  encode(entries) {
    const [only] = entries
    if (entries.length === 1 && only) return `${only.json}\n`
    let text = ''
    for (const { json } of entries) text += `${json}\n`
    return text
  },
  encodeOwn: (event) => `${JSON.stringify(event)}\n`,
  heartbeat: '{"type":"ping"}\n',
}

/** Server-sent events. `id` is the event's `seq`, so that `Last-Event-ID` resumes after the last event received. */
export const sseFormat: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  encode: (entries) =>
    entries.map(({ seq, type, json }) => `id: ${seq}\nevent: ${type}\ndata: ${json}\n\n`).join(''),
  encodeOwn: (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  heartbeat: ': ping\n\n',
}

export interface LogStreamOptions {
  readonly follower: Follower
  readonly format: StreamFormat
  /** A heartbeat follows a silence of this time, in milliseconds. */
  readonly heartbeatMs: number
  readonly headers: Record<string, string>
  /** The event types to show besides the terminal ones; null shows all. A hidden event still uses up its `seq`. */
  readonly types?: ReadonlySet<string> | null
  /** What the stream says before the log, for example that the run waits for its session. */
  readonly first?: { readonly type: string } | null
  /** Called when the reader disconnects before the end. */
  readonly onCancel?: () => void
}

/** Responds with a run's log. Each reader follows the log at its own pace, so a slow one delays no other. */
export function streamLog(options: LogStreamOptions): Response {
  const { follower, format, heartbeatMs, headers, types = null, onCancel } = options
  let first = options.first && (!types || types.has(options.first.type)) ? options.first : null
  const isShown = ({ type }: LogEntry) => !types || types.has(type) || isTerminal(type)
  const silence = watchSilence(follower)
  /** Resolves to the next text to send: entries or a heartbeat. Null at the end. */
  const read = async (): Promise<string | null> => {
    if (first) {
      const text = format.encodeOwn(first)
      first = null
      return text
    }
    silence.start(heartbeatMs)
    for (;;) {
      const entries = await follower.next()
      if (entries === null) break
      const text = format.encode(types ? entries.filter(isShown) : entries)
      if (text === '' && !silence.isOver()) continue
      silence.end()
      return text === '' ? format.heartbeat : text
    }
    silence.close()
    return null
  }
  const { contentType } = format
  return streamTexts({ contentType, headers, read, close: silence.close, onCancel })
}
