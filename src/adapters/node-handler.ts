import type { IncomingMessage, ServerResponse } from 'node:http'
import { createListener, type Servable } from './bridge.ts'

/** The properties that frameworks such as Express add to a request. */
interface FrameworkRequest extends IncomingMessage {
  /** The URL before a router stripped its mount path. */
  readonly originalUrl?: string
  /** The result of a body parser. */
  readonly body?: unknown
  /** The bytes of the body, which the bridge prefers to the stream. */
  rawBody?: unknown
}

/** A request listener of `node:http` that is also middleware of Express and Connect. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Turns a studio into a handler for Express, Connect, Koa, Fastify, NestJS, h3 and `node:http`.
 *
 * - A path outside the studio's `basePath` goes to `next`; without `next` the studio answers it with 404.
 * - `basePath` is matched against the whole path (`originalUrl`), even if a router has stripped its mount path. Without
 *   `basePath` the stripped path is used; set `publicPath` to the mount path then.
 * - A body that a parser has already read is taken from `request.body`.
 * - A client that disconnects cancels the stream of its response. The run continues unless it has `cancelOnDisconnect`.
 * - Any `Host` is accepted unless the studio has `allowedHosts`.
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

/** Returns the URL below `basePath`: the original one, or the one that a router stripped. Null if both are outside. */
function findPath({ originalUrl, url = '/' }: FrameworkRequest, basePath: string): string | null {
  if (basePath === '') return url
  return [originalUrl, url].find((path) => path?.startsWith(`${basePath}/`)) ?? null
}

/** Stores the bytes of a body that was already read as `rawBody`. */
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

/** Serialises a parsed body as JSON. A form becomes JSON too, which is harmless: its content type is refused with 415. */
function toBytes(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
