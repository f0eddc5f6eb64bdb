import { blobsUnavailable } from '../failures.ts'

/** Compresses bytes. A runtime that cannot returns them as they are. */
export async function compress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return typeof CompressionStream === 'undefined'
    ? bytes
    : pipe(bytes, new CompressionStream('gzip'))
}

/** Returns what `compress` was given. Rejects for damaged bytes, and with `unavailable` where the runtime cannot decompress. */
export async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  if (typeof DecompressionStream === 'undefined') {
    throw blobsUnavailable('This runtime cannot decompress archived logs')
  }
  return pipe(bytes, new DecompressionStream('gzip'))
}

async function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(through)
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
