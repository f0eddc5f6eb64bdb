import { type Clock, systemClock } from '../../lib/clock.ts'
import { checkKey } from './keys.ts'
import type { BlobEntry, Blobs } from './port.ts'

/** Options of `memoryBlobs`; each has a default. */
export interface MemoryBlobsOptions {
  /** The source of the current time. @default the clock of the host */
  readonly clock?: Clock
}

const pageSize = 1_000

/** Creates blobs in memory, for tests. A restart loses everything. */
export function memoryBlobs({ clock = systemClock }: MemoryBlobsOptions = {}): Blobs {
  const blobs = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number }>()
  return {
    async put(key, bytes) {
      blobs.set(checkKey(key), { bytes: bytes.slice(), at: clock.now() })
    },
    async get(key) {
      return blobs.get(checkKey(key))?.bytes.slice() ?? null
    },
    async delete(keys) {
      for (const key of keys) blobs.delete(checkKey(key))
    },
    async list(prefix, after) {
      const keys = [...blobs.keys()]
        .filter((key) => key.startsWith(prefix) && (after === null || key > after))
        .sort()
      const page = keys.slice(0, pageSize)
      const items: BlobEntry[] = page.map((key) => ({ key, writtenAt: blobs.get(key)?.at ?? 0 }))
      return { items, next: keys.length > pageSize ? (page.at(-1) ?? null) : null }
    },
  }
}
