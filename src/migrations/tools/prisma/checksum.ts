/**
 * Returns all checksums that Prisma accepts for a script: SHA-256 in hex of the text as it is, with LF and with CRLF. Each is
 * also returned in the format of old versions, which wrote bytes below 16 with one digit.
 */
export async function toPrismaChecksums(text: string): Promise<string[]> {
  const unix = text.replaceAll('\r\n', '\n')
  const digests = await Promise.all([text, unix, unix.replaceAll('\n', '\r\n')].map(digest))
  return digests.flatMap((bytes) => [
    bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    bytes.map((byte) => byte.toString(16)).join(''),
  ])
}

async function digest(text: string): Promise<number[]> {
  const bytes = new TextEncoder().encode(text)
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
