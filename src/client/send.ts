import { readError, StudioClientError } from './error.ts'

/** How a client reaches a studio: over the network, or in its own process. */
export interface ClientOptions {
  /** Where the studio is, with its prefix: `https://example.com/studio`. @default `http://studio.local`, for `fetch` in process */
  readonly baseUrl?: string
  /** Sends a request, such as `studio.fetch` of a studio in this process. @default the global `fetch` */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Sent as a bearer token: the token itself, or a function that returns it for each request; null sends none. */
  readonly token?: string | (() => string | null | Promise<string | null>)
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** How long a broken stream is reconnected without a new event, in milliseconds. @default 60_000 */
  readonly reconnectMs?: number
}

/** One request of the client. */
export interface Call {
  readonly method?: string
  /** Parameters of the query; undefined ones are left out. */
  readonly query?: object | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** Sends a request and resolves to a response below 400. */
export type Send = (path: string, call?: Call) => Promise<Response>

/** Creates the function that sends all requests of a client. */
export function createSend({ baseUrl, fetch: send, token, headers }: ClientOptions): Send {
  if (baseUrl === undefined && send === undefined) {
    throw new TypeError('createStudioClient needs a baseUrl, or a fetch such as studio.fetch')
  }
  const base = (baseUrl ?? 'http://studio.local').replace(/\/+$/, '')
  const request = send ?? ((made: Request) => fetch(made))
  return async (path, { method = 'GET', query, body, signal, ...call } = {}) => {
    const bearer = typeof token === 'function' ? await token() : token
    const all = {
      ...headers,
      ...(bearer === undefined || bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    }
    const made = new Request(base + path + toSearch(query), {
      method,
      headers: Object.entries(all).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      ),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    const response = await request(made).catch((cause: unknown) => {
      signal?.throwIfAborted()
      throw new StudioClientError('network_error', 'The studio cannot be reached', { cause })
    })
    if (response.status >= 400) throw await readError(response)
    return response
  }
}

function toSearch(query: object = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  if (pairs.length === 0) return ''
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`
}

/** Reads the JSON of an answer; a page of a proxy is a `bad_answer`. */
export async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text().catch((cause: unknown) => {
    throw new StudioClientError('network_error', 'The answer was cut off', {
      status: response.status,
      cause,
    })
  })
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new StudioClientError('bad_answer', 'The answer is not JSON', {
      status: response.status,
      cause,
    })
  }
}
