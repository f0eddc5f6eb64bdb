import { readRunId, StudioClientError } from './error.ts'
import { type Call, segment, type Send } from './send.ts'

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

/** Where the events of a run come from. */
export interface RunConnection {
  /** Null before the first answer. */
  readonly runId: string | null
  /** Creates the run the first time, and follows it after this number later. */
  open(after: number): Promise<Response>
  /** Cancels the run, as soon as it has an id. */
  cancel(): Promise<void>
}

/** Makes the requests of one stream. `end` ends it with a reason. */
export function createConnection(
  send: Send,
  options: RunStreamOptions,
  signal: AbortSignal,
  end: (reason: unknown) => void,
): RunConnection {
  let runId = options.runId ?? null
  let isStarted = runId !== null
  let isUnwanted = false
  const pathOf = (id: string) => `/runs/${segment(id)}`
  const cancelNow = async (id: string) => {
    await send(`${pathOf(id)}/cancel`, { method: 'POST' }, ({ body }) => body?.cancel())
    isUnwanted = false
  }
  return {
    get runId() {
      return runId
    },
    async open(after) {
      if (runId !== null) {
        if (isUnwanted) await cancelNow(runId)
        return send(`${pathOf(runId)}/events`, { query: { after }, signal }, checkStream)
      }
      if (!options.create) throw new TypeError('A stream needs a run, or a request for one')
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
    },
    async cancel() {
      if (runId !== null) return cancelNow(runId)
      isUnwanted = true
      if (isStarted) return
      const message = 'The run was cancelled before it was started'
      end(new StudioClientError('run_cancelled', message))
    },
  }
}

function checkStream(response: Response): Response {
  if (response.headers.get('content-type')?.includes('application/x-ndjson')) return response
  response.body?.cancel().catch(() => undefined)
  const message = 'The answer is not that of a studio: no stream of events'
  throw new StudioClientError('bad_answer', message, { status: response.status })
}
