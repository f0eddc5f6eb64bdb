/** Encodes bytes as base64 text with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // in pieces: `fromCharCode` takes each byte as an argument, and engines limit their number
  for (let start = 0; start < bytes.length; start += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8_192))
  }
  return btoa(binary)
}

/** Is this base64, with the letters of either alphabet (RFC 4648, sections 4 and 5), not empty, padded correctly or not at all? */
export function isBase64(text: string): boolean {
  const padding = text.indexOf('=')
  const digits = padding < 0 ? text.length : padding
  const isPadded = padding < 0 || (text.length % 4 === 0 && /^={1,2}$/.test(text.slice(padding)))
  // Searches for a digit that is none: a pattern that repeats would need a stack as long as a file.
  return (
    digits > 0 && digits % 4 !== 1 && isPadded && !/[^A-Za-z0-9+/_-]/.test(text.slice(0, digits))
  )
}

/** Writes base64 as every provider reads it: with the letters of section 4 and with padding. */
export function toPlainBase64(text: string): string {
  const plain = /[-_]/.test(text) ? text.replaceAll('-', '+').replaceAll('_', '/') : text
  return plain.length % 4 === 0 ? plain : plain.padEnd(Math.ceil(plain.length / 4) * 4, '=')
}
