import type { IncomingMessage, ServerResponse } from 'node:http'
import { createListener, type Servable } from './bridge.ts'

/** A request as Express, Connect and their like pass it on. */
interface FrameworkRequest extends IncomingMessage {
  /** The URL before a router stripped its mount path. */
  readonly originalUrl?: string
  /** What a body parser read. */
  readonly body?: unknown
  /** The bytes of the body; the bridge takes them instead of the stream. */
  rawBody?: unknown
}

/** A request listener that is also Express and Connect middleware. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Turns a studio into a handler for Express, Connect, Koa, Fastify, NestJS, h3 and `node:http`.
 *
 * - A path outside the studio's `basePath` goes to `next`; without `next` the studio answers it with 404.
 * - `basePath` matches the whole path (`originalUrl`), also where a router has stripped its mount path. Without
 *   `basePath` the stripped path counts; name the mount path as `publicPath` then.
 * - A body that a parser has already read (`request.body`) is used as it is.
 * - A client that disconnects cancels the stream of its response; the run continues unless it has `cancelOnDisconnect`.
 * - `Host` is not checked: name your `allowedHosts`.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import { Studio } from 'fetch-studio'
 * import { toNodeHandler } from 'fetch-studio/node'
 *
 * const studio = new Studio([], { basePath: '/internal' })
 * express().use('/internal', toNodeHandler(studio)).listen(3000, '127.0.0.1')
 * ```
 */
export function toNodeHandler(studio: Servable): NodeHandler {
  const listener = createListener(studio)
  const { basePath = '' } = studio
  return (request: FrameworkRequest, response, next) => {
    const { url = '/' } = request
    const path = findPath(request, basePath)
    if (path === null && next) return next()
    try {
      restoreBody(request)
    } catch (error) {
      if (next) return next(error)
      console.error(error)
      return void response.writeHead(500).end()
    }
    request.url = path ?? url
    const answered = listener(request, response) // reads the URL before it returns
    request.url = url
    answered.catch((error: unknown) => console.error(error))
  }
}

/** The URL to answer: the whole one, or what a proxy or router left of it. Null if both are outside `basePath`. */
function findPath({ originalUrl, url = '/' }: FrameworkRequest, basePath: string): string | null {
  if (basePath === '') return url
  return [originalUrl, url].find((path) => path?.startsWith(`${basePath}/`)) ?? null
}

/** Puts the bytes of a body that was already read where the bridge looks for them. */
function restoreBody(request: FrameworkRequest): void {
  const { body, rawBody } = request
  if (rawBody instanceof Buffer || !request.readableDidRead || !hasBody(request)) return
  const source = typeof rawBody === 'string' ? rawBody : body
  if (source === undefined) {
    throw new Error(
      'Cannot read the request body: something consumed it without setting `request.body`',
    )
  }
  request.rawBody = toBytes(source)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
}

/** A parsed body becomes JSON again; forms do too, and the studio refuses them by their content type. */
function toBytes(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
