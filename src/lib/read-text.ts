import { onAbort } from './deadline.ts'

interface ReadTextOptions {
  /** The limit in bytes. They are counted while reading, so a wrong `content-length` has no effect. */
  readonly maxBytes: number
  /** True throws a TypeError for malformed UTF-8; false replaces it by U+FFFD. */
  readonly fatal: boolean
  /** Cancels the body when it aborts; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Reads a body as UTF-8. Returns null, and cancels the body, as soon as it is longer than `maxBytes`. */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, fatal, signal }: ReadTextOptions,
): Promise<string | null> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal })
  const cancel = () => void reader.cancel().catch(() => undefined)
  const stopListening = signal && onAbort(signal, cancel)
  let size = 0
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      // A cancelled body looks like one that has ended.
      signal?.throwIfAborted()
      if (done) return text + decoder.decode()
      // Empty pieces count too: a body of nothing else would never end.
      size += value.byteLength || 1
      if (size > maxBytes) {
        cancel()
        return null
      }
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    stopListening?.()
  }
}
