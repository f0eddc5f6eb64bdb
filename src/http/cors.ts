import type { Exchange } from './exchange.ts'
import { noContent } from './respond.ts'

/** Headers that let the admitted origin read the answer, and tell caches that the answer depends on it. */
export function corsHeaders({
  admittedOrigin: origin,
  selfOrigin,
}: Exchange): [name: string, value: string][] {
  const vary: [string, string] = ['vary', 'Origin']
  if (origin === null || origin === selfOrigin) return [vary]
  return [
    vary,
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', 'etag, location, retry-after, x-request-id'],
  ]
}

/** Answers a CORS preflight, for a path with these methods. */
export function preflight({ request }: Exchange, allow: string): Response {
  if (!request.headers.has('access-control-request-method')) return noContent({ allow })
  return noContent({
    allow,
    'access-control-allow-methods': allow,
    'access-control-allow-headers':
      'authorization, content-type, idempotency-key, if-none-match, last-event-id, prefer, x-ai-apply, x-request-id',
    'access-control-max-age': '600',
  })
}
