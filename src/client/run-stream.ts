import { createConnection, type RunStreamOptions } from './connection.ts'
import { StudioClientError } from './error.ts'
import { createEventLog } from './event-log.ts'
import { readLines } from './lines.ts'
import { createPatience } from './patience.ts'
import type { Send } from './send.ts'
import { abortWith } from './within.ts'
import type { FinalEvent, StreamedEvent } from './wire.ts'

/** The events of a run. It reconnects by itself, and gives each event once. */
export interface RunStream extends AsyncIterable<StreamedEvent> {
  /** The id of the run; null before the first answer. */
  readonly runId: string | null
  /**
   * Asks the studio to cancel the run. The stream ends with `cancelled`. A run that the studio has not confirmed yet is
   * cancelled as soon as it has; one that nobody has begun to read is never started, and reading it rejects.
   */
  cancel(): Promise<void>
  /** Reads to the end and resolves to the text of the answer. Rejects as `final` does. */
  text(): Promise<string>
  /** Reads to the end and resolves to the `final` event. @throws StudioClientError `run_failed` or `run_cancelled`. */
  final(): Promise<FinalEvent>
}

const terminal: ReadonlySet<string> = new Set(['final', 'error', 'cancelled'])

/** Streams a run. Its only reader is the first that iterates, or calls `text` or `final`. */
export function streamRun(send: Send, options: RunStreamOptions): RunStream {
  const stop = new AbortController()
  const { signal } = stop
  const connection = createConnection(send, options, signal, (reason) => stop.abort(reason))
  let last: StreamedEvent | null = null
  const log = createEventLog(options.after ?? -1)

  async function* read(): AsyncGenerator<StreamedEvent, void, undefined> {
    const patience = createPatience(options.reconnectMs)
    const release = abortWith(options.signal, stop)
    try {
      while (last === null) {
        let cause: unknown = null
        let response: Response | null = null
        try {
          response = await connection.open(log.last)
          for await (const lines of readLines(response, signal, options.silenceMs)) {
            for (const line of lines) {
              const event = log.accept(line)
              if (event === null) continue
              patience.renew(event !== 'alive')
              if (event === 'alive') continue
              if (terminal.has(event.type)) last = event
              yield event
              if (last) return
            }
          }
        } catch (error) {
          signal.throwIfAborted()
          const isKnown = connection.runId !== null || response !== null
          if (!isTemporary(error) || !isKnown) throw error
          cause = error
        }
        // Without an id there is nothing to follow, and another request could start another run
        // (docs/decisions/160-one-request-creates-a-run.md).
        if (connection.runId === null) {
          throw new StudioClientError('stream_lost', nameless, { cause })
        }
        await patience.wait(signal, cause)
      }
    } finally {
      release()
      stop.abort()
    }
  }

  const events = read()
  const final = () => readFinal(events, () => last)
  return {
    get runId() {
      return connection.runId
    },
    [Symbol.asyncIterator]: () => events,
    cancel: connection.cancel,
    final,
    text: async () => (await final()).output,
  }
}

const nameless = 'The stream ended before the run, and the answer names no run to follow'

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
    const { runId, error } = event
    return new StudioClientError('run_failed', error.message, { details: error, runId })
  }
  if (event?.type === 'cancelled') {
    const { runId, reason = 'The run was cancelled' } = event
    return new StudioClientError('run_cancelled', reason, { runId })
  }
  return new StudioClientError('stream_lost', 'The stream was left before the run ended')
}

/** Answers below 500 that the same request may not get a moment later. A proxy says 404 while it knows no instance. */
const passing: ReadonlySet<number> = new Set([404, 408, 425, 429])

/** May the same request succeed a moment later, on this instance or another? */
function isTemporary(error: unknown): boolean {
  if (!(error instanceof StudioClientError)) return false // from the token function of the caller
  const { status, code } = error
  if (status === null) return code === 'network_error' || code === 'timeout'
  if (status >= 500 || status === 429) return true
  return code === 'bad_answer' && (status < 400 || passing.has(status))
}
