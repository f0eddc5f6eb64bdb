import { sha256 } from '../../lib/checksum.ts'
import { utf8Length } from '../../lib/utf8-length.ts'
import { payloadLost } from './failures.ts'
import { prefixOfRun } from './keys.ts'
import type { Place } from './places.ts'
import type { Blobs } from './port.ts'
import { type BlobReference, formatReference } from './references.ts'
import type { Walk } from './walks.ts'

/** Moves what is large out of the rows of runs, and back. */
export interface Payloads {
  /**
   * Writes the large parts of a value as blobs. Resolves to the value with references in their places, once all are written.
   * Returns null at once when no part is large. `mark` is the place of a part that goes along when another one does.
   */
  store<T>(runId: string, value: T, walk: Walk<T>, mark?: unknown): Promise<T> | null
  /** Would `store` write a blob for this value? */
  isStored<T>(value: T, walk: Walk<T>): boolean
  /** Resolves to a value with all its parts. Rejects with `unavailable` when one cannot be had. */
  load<T>(value: T, walk: Walk<T>): Promise<T>
}

/** So many blobs are remembered as written, so that the states of a tool call do not write its arguments again. */
const mostWritten = 1_000

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Creates the payloads of stores. */
export function createPayloads(blobs: Blobs, minBytes: number): Payloads {
  const written = new Set<string>()
  const reading = new Map<string, Promise<string>>()
  const isLarge = (text: string) =>
    text.length >= minBytes || (text.length * 3 >= minBytes && utf8Length(text) >= minBytes)
  const write = async (runId: string, text: string) => {
    const bytes = encoder.encode(text)
    const hash = await sha256(bytes)
    const key = prefixOfRun(runId) + hash
    if (!written.has(key)) await blobs.put(key, bytes)
    written.delete(key) // the newest stand last
    written.add(key)
    for (const oldest of written) {
      if (written.size <= mostWritten) break
      written.delete(oldest)
    }
    return formatReference(runId, hash, bytes.length)
  }
  const read = (reference: BlobReference): Promise<string> => {
    const { key } = reference
    const text = reading.get(key) ?? readText(blobs, reference).finally(() => reading.delete(key))
    reading.set(key, text)
    return text
  }
  /** Returns the text of each part that becomes a blob, and null for each other one; no list when none does. */
  const findTexts = <T>(value: T, walk: Walk<T>, mark?: unknown): (string | null)[] | null => {
    const texts: (string | null)[] = []
    const marked: [index: number, text: string][] = []
    walk(value, (part, place) => {
      const text = place.encode(part)
      if (place === mark) marked.push([texts.length, text])
      texts.push(isLarge(text) || place.held(part) ? text : null)
      return part
    })
    if (texts.every((text) => text === null)) return null
    for (const [index, text] of marked) texts[index] = text
    return texts
  }
  return {
    isStored: (value, walk) => findTexts(value, walk) !== null,
    store(runId, value, walk, mark) {
      const texts = findTexts(value, walk, mark)
      if (!texts) return null
      return replace(value, walk, {
        find: () => texts.shift() ?? null,
        make: (text) => write(runId, text),
        put: (place, part, reference) => place.hold(reference, part),
      })
    },
    async load(value, walk) {
      if (referencesIn(value, walk).length === 0) return value
      return replace(value, walk, {
        find: (place, part) => place.held(part),
        make: read,
        put: (place, part, text) => place.decode(text, part),
      })
    },
  }
}

/** Lists the references that a value holds. */
export function referencesIn<T>(value: T, walk: Walk<T>): BlobReference[] {
  const references: BlobReference[] = []
  walk(value, (part, place) => {
    const reference = place.held(part)
    if (reference) references.push(reference)
    return part
  })
  return references
}

/** How parts of a value are replaced: what is found in a part makes a text, and the text takes the place of the part. */
interface Replacement<Found> {
  find<T>(place: Place<T>, part: T): Found | null
  make(found: Found): Promise<string>
  put<T>(place: Place<T>, part: T, text: string): T
}

async function replace<T, Found>(
  value: T,
  walk: Walk<T>,
  { find, make, put }: Replacement<Found>,
): Promise<T> {
  const makings: (Promise<string> | null)[] = []
  walk(value, (part, place) => {
    const found = find(place, part)
    makings.push(found === null ? null : make(found))
    return part
  })
  const texts = await Promise.all(makings)
  let index = 0
  return walk(value, (part, place) => {
    const text = texts[index++] ?? null
    return text === null ? part : put(place, part, text)
  })
}

async function readText(blobs: Blobs, { key, bytes, hash }: BlobReference): Promise<string> {
  const found = await blobs.get(key)
  if (found === null) throw payloadLost('missing')
  if (found.length !== bytes || (await sha256(found)) !== hash) throw payloadLost('damaged')
  return decoder.decode(found)
}
