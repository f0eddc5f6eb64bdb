interface ReadTextOptions {
  /** The limit in bytes. They are counted while reading, so a wrong `content-length` has no effect. */
  readonly maxBytes: number
  /** True throws a TypeError for malformed UTF-8; false replaces it by U+FFFD. */
  readonly fatal: boolean
  /** Bounds the reading: the body is given up when the returned promise rejects. */
  readonly bound: (reading: Promise<string | null>) => Promise<string | null>
}

/** Reads a body as UTF-8. Returns null, and cancels the body, as soon as it is longer than `maxBytes`. */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, fatal, bound }: ReadTextOptions,
): Promise<string | null> {
  if (!body) return ''
  const reader = body.getReader()
  try {
    const text = await bound(readAll(reader, new TextDecoder('utf-8', { fatal }), maxBytes))
    if (text === null) cancel(reader)
    return text
  } catch (error) {
    cancel(reader)
    throw error
  }
}

type TextReader = ReadableStreamDefaultReader<Uint8Array>

async function readAll(reader: TextReader, decoder: TextDecoder, maxBytes: number) {
  let size = 0
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    // Empty pieces count too: a body of nothing else would never end.
    size += value.byteLength || 1
    if (size > maxBytes) return null
    text += decoder.decode(value, { stream: true })
  }
}

const cancel = (reader: TextReader) => void reader.cancel().catch(() => undefined)
