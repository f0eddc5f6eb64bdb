import { toBase64 } from '../../lib/files/base64.ts'
import { abortable } from '../../lib/deadline.ts'
import { cancelLater } from '../../lib/foreign-stream.ts'
import { toBytes, toWholeJson } from '../../lib/tools/whole-json.ts'
import type { ToolResultItem } from '../../records/message.ts'

/** How a tool's output is read. */
export interface OutputReading {
  /** Ends the reading of a stream or a generator. */
  readonly signal: AbortSignal
  /** Gets each value of an async generator except the last. The next one is read after it has resolved. */
  readonly onProgress: (value: unknown) => Promise<void>
}

/** Streams and generators that hold more are refused. */
const maxBytes = 8 * 1_048_576
const maxValues = 10_000

/**
 * Reads what a tool returned, to its end, and returns the items that the model gets: a text and a list of items as they are,
 * the last value of an async generator, the text of a stream or a `Response`, everything else as JSON with all that it holds.
 *
 * @throws an error that the tool returned; TypeError for a value that no text can show, such as a cycle or a function.
 *
 * @see docs/decisions/100-what-a-tool-returns-is-whole.md
 */
export async function readToolOutput(
  value: unknown,
  reading: OutputReading,
): Promise<readonly ToolResultItem[]> {
  if (reading.signal.aborted) discard(value)
  reading.signal.throwIfAborted()
  if (typeof value !== 'object' || value === null) return toItems(value)
  const tag = Object.prototype.toString.call(value)
  if (value instanceof Error || tag === '[object Error]' || tag === '[object DOMException]') {
    throw value
  }
  if (tag === '[object Response]') return readResponse(value as Response, reading)
  if (tag === '[object Blob]' || tag === '[object File]') {
    const { type } = value as Blob
    return toFile(await readBytes((value as Blob).stream(), reading), type)
  }
  if (isByteStream(value)) return toFile(await readBytes(value, reading), '')
  if (Symbol.asyncIterator in value) {
    const values = value as AsyncIterable<unknown>
    return 'pipe' in value
      ? toFile(await readChunks(values[Symbol.asyncIterator](), reading), '')
      : toItems(await readLast(values[Symbol.asyncIterator](), reading))
  }
  if (isBytes(value)) return toFile(toBytes(value), '')
  return toItems(value)
}

/** Returns a value that is no stream as the items of a result. @throws TypeError for a value that no text can show. */
export function toItems(value: unknown): readonly ToolResultItem[] {
  if (value === undefined) return [{ type: 'text', text: '' }]
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (Array.isArray(value) && value.length > 0 && value.every(isResultItem)) return value
  return [{ type: 'text', text: toWholeJson(value) }]
}

function isResultItem(value: unknown): value is ToolResultItem {
  if (typeof value !== 'object' || value === null) return false
  const { type, text, data, mediaType } = value as Record<string, unknown>
  if (type === 'text') return typeof text === 'string'
  const isMediaType = mediaType === undefined || typeof mediaType === 'string'
  return type === 'image' && typeof data === 'string' && isMediaType
}

function isByteStream(value: object): value is ReadableStream<unknown> {
  return 'getReader' in value && typeof value.getReader === 'function'
}

function isBytes(value: object): value is Uint8Array | ArrayBuffer {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object Uint8Array]' || tag === '[object ArrayBuffer]'
}

async function readResponse(
  response: Response,
  reading: OutputReading,
): Promise<readonly ToolResultItem[]> {
  const { ok, status, statusText, bodyUsed, body, headers } = response
  if (bodyUsed) throw new TypeError('The result is a Response whose body was read already')
  const bytes = body ? await readBytes(body, reading) : new Uint8Array()
  if (ok) return toFile(bytes, headers.get('content-type') ?? '')
  const text = new TextDecoder().decode(bytes)
  const message = [`HTTP ${status} ${statusText}`.trim(), text.slice(0, 2_000)].join(': ')
  throw Object.assign(new Error(message), { name: 'HttpError', statusCode: status })
}

/** Bytes are shown as the image that their type names, or as text if they are UTF-8. */
function toFile(bytes: Uint8Array, type: string): readonly ToolResultItem[] {
  const mediaType = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (/^image\/(?!svg)/.test(mediaType)) {
    return [{ type: 'image', data: toBase64(bytes), mediaType }]
  }
  try {
    return [{ type: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }]
  } catch (cause) {
    const advice = "return a text, or an image as [{ type: 'image', data, mediaType }]"
    throw new TypeError(`The result is ${bytes.length} bytes that are no text; ${advice}`, {
      cause,
    })
  }
}

async function readBytes(
  stream: ReadableStream<unknown>,
  reading: OutputReading,
): Promise<Uint8Array> {
  const reader = stream.getReader()
  return readChunks(
    {
      async next() {
        const { done, value } = await reader.read()
        return done ? { done, value: undefined } : { done: false, value }
      },
      return: async () => ({ done: true, value: await reader.cancel() }),
    },
    reading,
  )
}

/** Reads the chunks of a stream, texts or bytes, up to `maxBytes`. */
async function readChunks(
  chunks: AsyncIterator<unknown>,
  reading: OutputReading,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  await readAll(chunks, reading, async (chunk) => {
    const part = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk
    if (typeof part !== 'object' || part === null || !isBytes(part)) {
      throw new TypeError('The result is a stream of values that are neither text nor bytes')
    }
    size += part.byteLength
    if (size > maxBytes)
      throw new TypeError(`The result is a stream of more than ${maxBytes} bytes`)
    parts.push(toBytes(part))
  })
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.byteLength
  }
  return bytes
}

/** The result of a generator is what it returns, else the last value that it yields; the other values are progress. */
async function readLast(
  values: AsyncIterator<unknown>,
  { signal, onProgress }: OutputReading,
): Promise<unknown> {
  let last: { readonly value: unknown } | null = null
  const returned = await readAll(values, { signal, onProgress }, async (value) => {
    if (last) await onProgress(last.value)
    last = { value }
  })
  if (returned === undefined) return (last as { readonly value: unknown } | null)?.value
  if (last) await onProgress((last as { readonly value: unknown }).value)
  return returned
}

/** Reads an iterator to its end and returns what it returned. An iterator that is left earlier is closed. */
async function readAll(
  iterator: AsyncIterator<unknown>,
  { signal }: OutputReading,
  take: (value: unknown) => Promise<void>,
): Promise<unknown> {
  for (let count = 0; ; count++) {
    const next = Promise.resolve(iterator.next())
    try {
      const { done, value } = await abortable(next, signal)
      if (done) return value
      if (count === maxValues) throw new TypeError(`The result has more than ${maxValues} values`)
      await take(value)
    } catch (error) {
      next.catch(() => {})
      cancelLater(() => iterator.return?.())
      throw error
    }
  }
}

/** Lets go of a stream that nobody will read, such as the answer of a tool that came too late. */
function discard(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const { body } = value as { body?: unknown }
  for (const stream of [body, value]) {
    if (typeof stream !== 'object' || stream === null || !isByteStream(stream)) continue
    if (!stream.locked) cancelLater(() => stream.cancel())
  }
}
