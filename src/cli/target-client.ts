import { createStudioClient, type StudioClient } from '../client.ts'
import type { Target } from './target.ts'

/** Makes the typed client of a target. A stream that breaks is continued for `reconnectMs` milliseconds. */
export function clientOfTarget(target: Target, reconnectMs?: number): StudioClient {
  return createStudioClient({
    fetch: (request) => sendTo(target, request),
    ...(reconnectMs === undefined ? {} : { reconnectMs }),
  })
}

async function sendTo(target: Target, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const { method, headers, signal } = request
  const body = method === 'GET' ? {} : { body: await request.text() }
  return target.send(pathname + search, { method, headers, signal, ...body })
}
