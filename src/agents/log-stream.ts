import type { LogEntry } from '../records/run.ts'
import type { Follower } from './follow.ts'

/** How a log looks on the wire. */
export interface StreamFormat {
  readonly contentType: string
  encode(entries: readonly LogEntry[]): string
  /** Sent after a silence, so that nothing between us and the reader cuts the connection. */
  readonly heartbeat: string
}

/** Newline-delimited JSON, one event a line. */
export const ndjsonFormat: StreamFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  encode(entries) {
    const [only] = entries
    if (entries.length === 1 && only) return `${only.json}\n`
    let text = ''
    for (const { json } of entries) text += `${json}\n`
    return text
  },
  heartbeat: '{"type":"ping"}\n',
}

/** Server-sent events; `id` is the event's `seq`, so that `Last-Event-ID` continues where the reader was. */
export const sseFormat: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  encode: (entries) =>
    entries.map(({ seq, type, json }) => `id: ${seq}\nevent: ${type}\ndata: ${json}\n\n`).join(''),
  heartbeat: ': ping\n\n',
}

/** What a stream of a log needs. */
export interface LogStreamOptions {
  readonly follower: Follower
  readonly format: StreamFormat
  /** Longest silence before a heartbeat, in milliseconds; the shortest is half of it. */
  readonly heartbeatMs: number
  readonly headers: Record<string, string>
  /** Called when the reader leaves before the end. */
  readonly onCancel?: () => void
}

const encoder = new TextEncoder()

/** Answers with a run's log; a slow reader slows nobody but itself, since it reads the log at its own pace. */
export function streamLog(options: LogStreamOptions): Response {
  const { follower, format, heartbeatMs, headers, onCancel } = options
  let silent = false
  const timer = setInterval(() => {
    if (silent) follower.nudge()
    silent = true
  }, heartbeatMs / 2)
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const entries = await follower.next().catch((error: unknown) => {
          clearInterval(timer)
          follower.close()
          throw error
        })
        if (entries === null) {
          clearInterval(timer)
          return controller.close()
        }
        const text = entries.length > 0 ? format.encode(entries) : silent ? format.heartbeat : ''
        silent = false
        controller.enqueue(encoder.encode(text))
      },
      cancel() {
        clearInterval(timer)
        follower.close()
        onCancel?.()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'content-type': format.contentType,
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...headers,
    },
  })
}
