import { readError, StudioClientError } from './error.ts'
import { abortWith, within } from './within.ts'

/** How a client reaches a studio: over the network, or in its own process. */
export interface ClientOptions {
  /**
   * Where the studio is, with its prefix: `https://example.com/studio`. In a browser, a path of the page's origin will do.
   *
   * @default `http://studio.local`, for `fetch` in process
   */
  readonly baseUrl?: string
  /** Sends a request, such as `studio.fetch` of a studio in this process. @default the global `fetch` */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Sent as a bearer token: the token itself, or a function that returns it for each request; null sends none. */
  readonly token?: string | (() => string | null | Promise<string | null>)
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * How long a request may take, in milliseconds. `runs.create` and `changes.migrate` wait for what they start, so they have no
   * limit; `changes.previewModel` has 180_000. @default 60_000
   */
  readonly timeoutMs?: number
  /** How long a stream may be silent before it is reconnected, in milliseconds. A studio sends a line every 15 s. @default 45_000 */
  readonly silenceMs?: number
  /** How long a broken stream is reconnected without success, in milliseconds. @default 60_000 */
  readonly reconnectMs?: number
}

/** What every call of the client takes. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** One request of the client. */
export interface Call {
  readonly method?: string
  /** Parameters of the query; undefined ones are left out. */
  readonly query?: object | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** How long the answer may take, until `read` has finished. @default that of the client */
  readonly timeoutMs?: number
}

/** Sends a request and resolves to what `read` makes of a response below 400. */
export type Send = <T>(
  path: string,
  call: Call,
  read: (response: Response) => T | Promise<T>,
) => Promise<T>

/** Creates the function that sends all requests of a client. */
export function createSend(options: ClientOptions): Send {
  const { baseUrl, fetch: send, timeoutMs: limit = 60_000 } = options
  if (baseUrl === undefined && send === undefined) {
    throw new TypeError('createStudioClient needs a baseUrl, or a fetch such as studio.fetch')
  }
  const base = (baseUrl ?? 'http://studio.local').replace(/\/+$/, '')
  const request = send ?? ((made: Request) => fetch(made))
  return async (path, call, read) => {
    const { method = 'GET', query, body, timeoutMs = limit } = call
    const stop = new AbortController()
    const { signal } = stop
    const release = abortWith(call.signal, stop)
    const answer = async () => {
      const made = new Request(base + path + toSearch(query), {
        method,
        headers: await toHeaders(options, call),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      })
      signal.throwIfAborted()
      const response = await (async () => request(made))().catch((cause: unknown) => {
        signal.throwIfAborted()
        throw new StudioClientError('network_error', 'The studio cannot be reached', { cause })
      })
      if (signal.aborted) response.body?.cancel().catch(() => undefined) // nobody waits any more
      signal.throwIfAborted()
      if (response.status >= 400) throw await readError(response)
      return read(response)
    }
    try {
      return await within(answer(), signal, timeoutMs)
    } catch (error) {
      stop.abort(error)
      throw error
    } finally {
      release()
    }
  }
}

async function toHeaders({ token, headers }: ClientOptions, call: Call): Promise<Headers> {
  const made = new Headers(headers)
  const bearer = typeof token === 'function' ? await token() : token
  if (bearer !== undefined && bearer !== null) setToken(made, bearer)
  if (call.body !== undefined) made.set('content-type', 'application/json')
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    if (value !== undefined) made.set(name, value)
  }
  return made
}

/** Says nothing of the token itself, which the error of a runtime would quote. */
function setToken(headers: Headers, token: string): void {
  try {
    headers.set('authorization', `Bearer ${token}`)
  } catch {
    throw new TypeError('The token has characters that a header cannot have')
  }
}

/** Encodes an id as a part of a path. Three texts would lead to another path, and name nothing. */
export function segment(id: string): string {
  if (!['', '.', '..'].includes(id)) return encodeURIComponent(id)
  throw new StudioClientError('bad_request', `${JSON.stringify(id)} is no id`)
}

function toSearch(query: object = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  if (pairs.length === 0) return ''
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`
}

/** Reads the JSON object of an answer; anything else, such as the page of a proxy, is a `bad_answer`. */
export async function readJson<T>(response: Response): Promise<T> {
  const { status } = response
  const text = await response.text().catch((cause: unknown) => {
    throw new StudioClientError('network_error', 'The answer was cut off', { status, cause })
  })
  const parsed = parseObject(text)
  if (parsed) return parsed as T
  throw new StudioClientError('bad_answer', 'The answer is not that of a studio: no JSON object', {
    status,
  })
}

function parseObject(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' ? parsed : null
  } catch {
    return null
  }
}
