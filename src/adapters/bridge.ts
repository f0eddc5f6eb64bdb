import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { FetchHandler, HostContext } from '../http/handler.ts'

/** What can be served: a `Studio`, or an object of its shape. */
export interface Servable {
  readonly fetch: FetchHandler
  /** True if callers must authenticate. */
  readonly secured?: boolean
  /** The prefix of every path that `fetch` answers. */
  readonly basePath?: string
  close?(): Promise<void>
}

/** Answers a request of `node:http`; a failure becomes a response. */
export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

export interface ListenerOptions {
  readonly context?: HostContext
  /** Host name for requests without a `Host` header. */
  readonly hostname?: string
}

/** Connects a studio to `node:http`. A client that disconnects cancels the stream of its response. */
export function createListener(
  studio: Servable,
  { context = {}, hostname = '127.0.0.1' }: ListenerOptions = {},
): Listener {
  const listener = getRequestListener(
    async (request, { incoming }) =>
      prepareStream(await studio.fetch(request, undefined, context), incoming.httpVersion),
    // Replacing the global Request and Response would save some µs a request (docs/decisions/003-node-server.md).
    { overrideGlobalObjects: false, hostname, errorHandler: toErrorResponse },
  )
  return async (incoming, outgoing) => {
    await listener(incoming, outgoing)
  }
}

/**
 * Keeps error messages of failed streams from the client. The bridge reads ahead in a body of unknown length and sends the
 * message of an error found there. It forwards a chunked body as it comes and cuts the connection on an error.
 */
function prepareStream(response: Response, httpVersion: string): Response {
  const { headers, body, status } = response
  const isWhole =
    headers.has('content-length') || headers.get('content-type') === 'application/json'
  if (!body || isWhole || httpVersion === '1.0') return response
  if (!httpVersion.startsWith('1.')) return new Response(maskErrors(body), response)
  const chunked = new Headers(headers)
  chunked.set('transfer-encoding', 'chunked')
  return new Response(body, { status, headers: chunked })
}

/** Replaces the error of a failed stream, because HTTP/2 forbids the `transfer-encoding` header. */
function maskErrors(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        console.error(error)
        controller.error(new Error('The response ended early'))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function toErrorResponse(error: unknown): Response {
  const isUnreadable = error instanceof RequestError
  if (!isUnreadable) console.error(error)
  const [status, code, message] = isUnreadable
    ? [400, 'bad_request', 'The request URL or `Host` is malformed']
    : [500, 'internal_error', 'Internal error']
  return Response.json({ error: { code, message } }, { status })
}
