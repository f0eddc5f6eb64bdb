import { prefixOfRun } from './keys.ts'

/** Stands in a row for a value that is a blob. */
export interface BlobReference {
  readonly key: string
  /** The length and the SHA-256 of the blob, by which a damaged one is recognised. */
  readonly bytes: number
  readonly hash: string
}

const marker = 'fetch-studio:blob:'
const form = /^fetch-studio:blob:(runs\/[\w%-]+\/)([0-9a-f]{64}):(\d{1,12})$/

/** Writes a reference as text. */
export function formatReference(runId: string, hash: string, bytes: number): string {
  return `${marker}${prefixOfRun(runId)}${hash}:${bytes}`
}

/**
 * Reads a reference. Null for any other text. Every text in this form is a reference: a value of a user that has the form is
 * made a blob, whatever its size.
 *
 * @see docs/decisions/247-large-payloads-are-blobs.md
 */
export function parseReference(text: unknown): BlobReference | null {
  if (typeof text !== 'string' || !text.startsWith(marker)) return null
  const [, prefix, hash, bytes] = form.exec(text) ?? []
  if (prefix === undefined || hash === undefined || bytes === undefined) return null
  return { key: prefix + hash, hash, bytes: Number(bytes) }
}
