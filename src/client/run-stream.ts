import { readRunId, StudioClientError } from './error.ts'
import { createEventLog } from './event-log.ts'
import { readLines } from './lines.ts'
import { createPatience } from './patience.ts'
import { type Call, segment, type Send } from './send.ts'
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

/** How long a stream waits for what does not come, in milliseconds. */
export interface StreamLimits {
  readonly reconnectMs: number
  readonly silenceMs: number
}

/** How a stream begins and goes on. */
export interface RunStreamOptions extends StreamLimits {
  /** The request that creates the run; absent to follow a run that exists. */
  readonly create?: () => { readonly path: string; readonly post: Call }
  readonly runId?: string
  /** Follow after this sequence number. @default -1, the beginning */
  readonly after?: number
  readonly signal?: AbortSignal | undefined
}

const terminal: ReadonlySet<string> = new Set(['final', 'error', 'cancelled'])

/** Streams a run. Its only reader is the first that iterates, or calls `text` or `final`. */
export function streamRun(send: Send, options: RunStreamOptions): RunStream {
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  let runId = options.runId ?? null
  let isStarted = runId !== null
  let isUnwanted = false
  let last: StreamedEvent | null = null
  const log = createEventLog(options.after ?? -1)
  const pathOf = (id: string) => `/runs/${segment(id)}`

  const cancelNow = async (id: string) => {
    await send(`${pathOf(id)}/cancel`, { method: 'POST' }, ({ body }) => body?.cancel())
    isUnwanted = false
  }
  const open = async (): Promise<Response> => {
    if (runId !== null) {
      if (isUnwanted) await cancelNow(runId)
      return send(`${pathOf(runId)}/events`, { query: { after: log.last }, signal }, checkStream)
    }
    if (!options.create) throw new TypeError('A stream needs a run, or a request that creates one')
    isStarted = true
    const { path, post } = options.create()
    try {
      const response = await send(path, { ...post, signal }, (answer) => {
        runId = readRunId(answer)
        return checkStream(answer)
      })
      if (isUnwanted && runId !== null) await cancelNow(runId)
      return response
    } catch (error) {
      if (error instanceof StudioClientError) runId ??= error.runId
      throw error
    }
  }
  const cancel = async () => {
    if (runId !== null) return cancelNow(runId)
    isUnwanted = true
    if (isStarted) return
    const message = 'The run was cancelled before it was started'
    stop.abort(new StudioClientError('run_cancelled', message))
  }

  async function* read(): AsyncGenerator<StreamedEvent, void, undefined> {
    const patience = createPatience(options.reconnectMs)
    try {
      while (last === null) {
        let cause: unknown = null
        let response: Response | null = null
        try {
          response = await open()
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
          if (!isTemporary(error) || (runId === null && response === null)) throw error
          cause = error
        }
        // Without an id there is nothing to follow, and another request could start another run
        // (docs/decisions/160-one-request-creates-a-run.md).
        if (runId === null) throw new StudioClientError('stream_lost', nameless, { cause })
        await patience.wait(signal, cause)
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
    cancel,
    final,
    text: async () => (await final()).output,
  }
}

const nameless = 'The stream ended before the run, and the answer names no run to follow'

function checkStream(response: Response): Response {
  if (response.headers.get('content-type')?.includes('application/x-ndjson')) return response
  response.body?.cancel().catch(() => undefined)
  const message = 'The answer is not that of a studio: no stream of events'
  throw new StudioClientError('bad_answer', message, { status: response.status })
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
