import type { StoredAnswer } from '../../http/stored-answer.ts'

/** Most bytes of answers that are kept for one snapshot, besides the one that was asked for last. */
const maxBytes = 160 * 2 ** 20

/** Most answers of one snapshot. */
const maxAnswers = 16

interface Entry {
  readonly answer: Promise<StoredAnswer>
  /** Zero until it is written. */
  bytes: number
}

const caches = new WeakMap<object, Map<string, Entry>>()

/**
 * Returns the answer that was stored for `owner`, usually a snapshot, under this key, or makes it. Requests at the same time
 * share one; a rejection is not kept. The key must name everything that the answer depends on besides the owner: parameters,
 * and what the caller may see (docs/decisions/245-answers-kept-by-snapshot.md).
 */
export function keepAnswer(
  owner: object,
  key: string,
  make: () => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const cache = caches.get(owner) ?? new Map<string, Entry>()
  caches.set(owner, cache)
  const known = cache.get(key)
  cache.delete(key)
  const entry = known ?? start(cache, key, make)
  cache.set(key, entry) // as the last one, which is the last to go
  prune(cache)
  return entry.answer
}

function start(cache: Map<string, Entry>, key: string, make: () => Promise<StoredAnswer>): Entry {
  const entry: Entry = { answer: make(), bytes: 0 }
  entry.answer.then(
    ({ bytes }) => {
      entry.bytes = bytes
      prune(cache)
    },
    () => {
      if (cache.get(key) === entry) cache.delete(key)
    },
  )
  return entry
}

/** Drops the answers that were not asked for the longest. */
function prune(cache: Map<string, Entry>): void {
  let bytes = [...cache.values()].reduce((sum, entry) => sum + entry.bytes, 0)
  for (const [key, entry] of cache) {
    if (cache.size <= 1 || (bytes <= maxBytes && cache.size <= maxAnswers)) return
    cache.delete(key)
    bytes -= entry.bytes
  }
}
