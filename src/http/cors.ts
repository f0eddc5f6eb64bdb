import { noContent } from './respond.ts'

/** Headers that let the admitted origin read the response, and make caches keep one response for each origin. */
export function corsHeaders(
  admittedOrigin: string | null,
  { origin: ownOrigin }: URL,
): [name: string, value: string][] {
  const vary: [string, string] = ['vary', 'Origin']
  if (admittedOrigin === null || admittedOrigin === ownOrigin) return [vary]
  return [
    vary,
    ['access-control-allow-origin', admittedOrigin],
    ['access-control-expose-headers', 'etag, location, retry-after, x-request-id'],
  ]
}

/** Answers OPTIONS for a path with these methods: a CORS preflight, or a plain question for `Allow`. */
export function preflight({ headers }: Request, allow: string): Response {
  if (!headers.has('access-control-request-method')) return noContent({ allow })
  return noContent({
    allow,
    'access-control-allow-methods': allow,
    'access-control-allow-headers':
      'authorization, content-type, idempotency-key, if-none-match, last-event-id, prefer, x-ai-apply, x-request-id',
    'access-control-max-age': '600',
  })
}
