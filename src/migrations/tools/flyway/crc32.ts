/** Returns the CRC-32 of the concatenated chunks, as a signed 32-bit number. */
export function crc32(chunks: Iterable<Uint8Array>): number {
  let crc = ~0
  for (const chunk of chunks) {
    for (const byte of chunk) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
    }
  }
  return ~crc
}
