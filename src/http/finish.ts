import { corsHeaders } from './cors.ts'
import type { Incoming } from './exchange.ts'

/**
 * Adds what every response carries, the request id and CORS headers, and drops the body for HEAD.
 *
 * @throws TypeError for an immutable response whose body was already read.
 */
export function finish(
  response: Response,
  incoming: Incoming,
  admittedOrigin: string | null,
): Response {
  const finished = withHeaders(response, incoming, admittedOrigin)
  if (incoming.method !== 'HEAD') return finished
  finished.body?.cancel().catch(() => undefined)
  return new Response(null, finished)
}

function withHeaders(
  response: Response,
  incoming: Incoming,
  admittedOrigin: string | null,
): Response {
  const { headers } = response
  try {
    headers.set('x-request-id', incoming.requestId)
  } catch {
    // The headers of a fetched or redirecting response are immutable, so add them to a copy.
    return withHeaders(new Response(response.body, response), incoming, admittedOrigin)
  }
  for (const [name, value] of corsHeaders(admittedOrigin, incoming.url)) headers.append(name, value)
  return response
}
