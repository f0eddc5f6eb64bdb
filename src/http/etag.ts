import { checksum } from '../lib/checksum.ts'

/** A weak entity tag (RFC 9110 8.8.3): answers that differ only in what the route's `etag` leaves out share it. */
export async function entityTag(content: unknown): Promise<string> {
  return `W/"${await checksum(content)}"`
}

/** Does `If-None-Match` name this tag? Weak comparison, as RFC 9110 13.1.2 asks for. */
export function matchesTag(header: string | null, etag: string): boolean {
  if (header === null) return false
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
