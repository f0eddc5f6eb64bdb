import { compareText } from './compare-text.ts'
import { isRecord } from './record.ts'

/**
 * Canonical JSON after RFC 8785: keys sorted by UTF-16 code units, no white space, `undefined` members left out.
 *
 * @throws TypeError for values JSON cannot hold, such as a BigInt or a cycle.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isRecord(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)))
      : member,
  )
}

/** SHA-256 of UTF-8 text or bytes, as 64 lower-case hex digits. */
export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A checksum as the contracts define it: the first 16 hex digits of SHA-256 over canonical JSON. */
export async function checksum(value: unknown): Promise<string> {
  return (await sha256(canonicalJson(value))).slice(0, 16)
}
