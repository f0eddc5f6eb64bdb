import { StudioClientError } from './error.ts'
import { createEventLog } from './event-log.ts'
import { readLines } from './lines.ts'
import type { Send } from './send.ts'
import type { FinalEvent, StreamedEvent } from './wire.ts'

/** The events of a run. It reconnects by itself, and gives each event once. */
export interface RunStream extends AsyncIterable<StreamedEvent> {
  /** The id of the run; null before the first answer. */
  readonly runId: string | null
  /** Asks the studio to cancel the run. The stream ends with `cancelled`. */
  cancel(): Promise<void>
  /** Reads to the end and resolves to the text of the answer. Rejects as `final` does. */
  text(): Promise<string>
  /** Reads to the end and resolves to the `final` event. @throws StudioClientError `run_failed` or `run_cancelled`. */
  final(): Promise<FinalEvent>
}

/** How a stream begins and goes on. */
export interface RunStreamOptions {
  /** Sends the request that creates the run; absent to follow a run that exists. */
  readonly create?: (signal: AbortSignal) => Promise<Response>
  readonly runId?: string
  /** Follow after this sequence number. @default -1, the beginning */
  readonly after?: number
  readonly signal?: AbortSignal | undefined
  readonly reconnectMs: number
}

const terminal: ReadonlySet<string> = new Set(['final', 'error', 'cancelled'])

/** Streams a run. Its only reader is the first that iterates, or calls `text` or `final`. */
export function streamRun(send: Send, options: RunStreamOptions): RunStream {
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  let runId = options.runId ?? null
  let last: StreamedEvent | null = null
  const log = createEventLog(options.after ?? -1)

  const open = async (): Promise<Response> => {
    if (runId !== null) {
      const path = `/runs/${encodeURIComponent(runId)}/events`
      return send(path, { query: { after: log.last }, signal })
    }
    if (!options.create) throw new TypeError('A stream needs a run, or a request that creates one')
    const response = await options.create(signal)
    runId = response.headers.get('location')?.split('/').at(-1) ?? null
    return response
  }

  async function* read(): AsyncGenerator<StreamedEvent, void, undefined> {
    const patience = createPatience(options.reconnectMs)
    try {
      while (last === null) {
        try {
          for await (const line of readLines(await open())) {
            const event = log.accept(line)
            if (!event) continue
            patience.renew()
            if (terminal.has(event.type)) last = event
            yield event
            if (last) return
          }
        } catch (error) {
          signal.throwIfAborted()
          if (runId === null || !isTemporary(error)) throw error
          await patience.wait(signal, error)
          continue
        }
        if (last === null) await patience.wait(signal, null)
      }
    } finally {
      stop.abort()
    }
  }

  const events = read()
  const final = () => readFinal(events, () => last)
  return {
    get runId() {
      return runId
    },
    [Symbol.asyncIterator]: () => events,
    async cancel() {
      if (runId === null) return stop.abort()
      const response = await send(`/runs/${encodeURIComponent(runId)}/cancel`, { method: 'POST' })
      await response.body?.cancel()
    },
    final,
    text: async () => (await final()).output,
  }
}

async function readFinal(
  events: AsyncIterable<StreamedEvent>,
  getLast: () => StreamedEvent | null,
): Promise<FinalEvent> {
  for await (const _ of events);
  const last = getLast()
  if (last?.type === 'final') return last
  throw toRunError(last)
}

function toRunError(event: StreamedEvent | null): StudioClientError {
  if (event?.type === 'error') {
    return new StudioClientError('run_failed', event.error.message, { details: event.error })
  }
  if (event?.type === 'cancelled') {
    return new StudioClientError('run_cancelled', event.reason ?? 'The run was cancelled')
  }
  return new StudioClientError('stream_lost', 'The stream ended before the run')
}

/** May the same request succeed a moment later, on this instance or another? */
function isTemporary(error: unknown): boolean {
  if (!(error instanceof StudioClientError)) return true // the connection was cut
  return (
    error.status === null ||
    error.status === 429 ||
    error.status >= 500 ||
    error.code === 'bad_answer'
  )
}

/** Waits longer after each try that brought no event, and gives up once the time is over. */
function createPatience(limitMs: number) {
  let tries = 0
  let since = Date.now()
  return {
    renew() {
      tries = 0
      since = Date.now()
    },
    async wait(signal: AbortSignal, cause: unknown): Promise<void> {
      if (Date.now() - since > limitMs) {
        throw new StudioClientError('stream_lost', 'The stream could not be continued', { cause })
      }
      const asked = cause instanceof StudioClientError ? cause.retryAfterMs : null
      const backoff = Math.min(100 * 2 ** tries++, 5_000) * (0.5 + Math.random() / 2)
      await pause(Math.min(asked ?? backoff, limitMs), signal)
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
