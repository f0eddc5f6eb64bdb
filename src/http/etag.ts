import { checksum } from '../lib/checksum.ts'

/** Responds with JSON and a weak `ETag` of `content`, or with 304 when the client has that version. */
export async function tagged(
  answer: unknown,
  content: unknown,
  request: Request,
  json: (answer: unknown, status: number, headers: Record<string, string>) => Response,
): Promise<Response> {
  const { headers, isKnown } = toTag(await checksum(content), request)
  return isKnown ? notModified(headers) : json(answer, 200, headers)
}

/** Returns the weak `ETag` of a digest (RFC 9110, 8.8.3): weak, because it may leave members of the answer out. */
export function toTag(digest: string, { headers }: Request) {
  const etag = `W/"${digest}"`
  return {
    headers: { etag, 'cache-control': 'no-cache' },
    isKnown: matchesTag(headers.get('if-none-match'), etag),
  }
}

/** Responds with 304: the client has this version. */
export function notModified(headers: Record<string, string>): Response {
  return new Response(null, { status: 304, headers })
}

/** Does `If-None-Match` name this tag? The comparison is weak (RFC 9110, 13.1.2). */
export function matchesTag(header: string | null, etag: string): boolean {
  if (header === null) return false
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
