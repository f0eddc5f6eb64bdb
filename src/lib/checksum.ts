import { isRecord } from './json.ts'
import { compareText } from './text.ts'

/**
 * Writes canonical JSON as in RFC 8785: keys sorted by UTF-16 code units, no white space, `undefined` members left out.
 *
 * @throws TypeError for a value that JSON cannot represent, such as a BigInt or a cycle.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isRecord(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)))
      : member,
  )
}

/** Returns the 32 bytes of the SHA-256 of UTF-8 text or of bytes. */
export async function sha256Bytes(
  content: string | Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** Returns the SHA-256 of UTF-8 text or of bytes as 64 lower-case hex digits. */
export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(await sha256Bytes(content), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}

/** Returns a checksum as it appears on the wire: the first 16 hex digits of the SHA-256 of canonical JSON. */
export async function checksum(value: unknown): Promise<string> {
  return (await sha256(canonicalJson(value))).slice(0, 16)
}
