/** When something was written, and under which key. */
export interface BlobEntry {
  readonly key: string
  /** The time of the last `put` by the clock of the blobs, in milliseconds since 1970. */
  readonly writtenAt: number
}

/** One page of a list of keys. */
export interface BlobPage {
  readonly items: readonly BlobEntry[]
  /** Pass it as `after` for the next page; null on the last one. A page that is not the last one may be empty. */
  readonly next: string | null
}

/**
 * Keeps bytes under keys: a bucket, or a folder. A key is a path of at most 900 ASCII letters, digits, `-`, `_`, `%` and `/`.
 * Rejects with `unavailable` during an outage, and when `signal` aborts. What `put` resolved for is durable, and every later
 * `get` has it.
 */
export interface Blobs {
  /** Writes all of the bytes or nothing. Replaces what the key has. */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<void>
  /** Resolves to the bytes of the last `put`, or to null when the key has none. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null>
  /** Deletes what these keys have. Keys that have nothing are left out. */
  delete(keys: readonly string[], signal?: AbortSignal): Promise<void>
  /** One page of the keys below a prefix that ends with `/`, in an order that stays. `after` is null, or `next` of any earlier page. */
  list(prefix: string, after: string | null, signal?: AbortSignal): Promise<BlobPage>
}
