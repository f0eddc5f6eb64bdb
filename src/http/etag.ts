import { checksum } from '../lib/checksum.ts'
import { json } from './respond.ts'

/** Responds with JSON and a weak `ETag` of `content`, or with 304 when the client has that version. */
export async function taggedResponse(
  answer: unknown,
  content: unknown,
  { headers }: Request,
): Promise<Response> {
  // Weak (RFC 9110, 8.8.3), because `content` may leave members of the answer out.
  const etag = `W/"${await checksum(content)}"`
  const responseHeaders = { etag, 'cache-control': 'no-cache' }
  return matchesTag(headers.get('if-none-match'), etag)
    ? new Response(null, { status: 304, headers: responseHeaders })
    : json(answer, 200, responseHeaders)
}

/** Does `If-None-Match` name this tag? The comparison is weak (RFC 9110, 13.1.2). */
export function matchesTag(header: string | null, etag: string): boolean {
  if (header === null) return false
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
