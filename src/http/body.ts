import { badRequest, StudioError } from '../errors.ts'
import { exceedsJsonDepth } from '../lib/json-depth.ts'
import { readText } from '../lib/read-text.ts'
import { startTimer, type Timer } from '../lib/timer.ts'

/** Limits of one request body. */
export interface BodyLimits {
  /** Longest accepted body, in bytes. */
  readonly maxBytes: number
  /** How deep arrays and objects may nest. */
  readonly jsonDepth: number
  /** How long the client may take to send the body, in milliseconds. */
  readonly bodyMs: number
}

/**
 * Reads a JSON body.
 *
 * @throws StudioError `unsupported_media_type` unless the type is `application/json` or ends in `+json`,
 *   `payload_too_large` as soon as `maxBytes` are passed, `bad_request` for a body that is empty, malformed, nested too
 *   deeply or too slow.
 */
export async function readJsonBody(request: Request, limits: BodyLimits): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new StudioError('unsupported_media_type', 'The body must be application/json')
  }
  const text = await readLimited(request, limits)
  // Counted before it is parsed: what nests thousands of levels deep overflows the stack of whoever walks it later.
  if (exceedsJsonDepth(text, limits.jsonDepth)) {
    throw badRequest(`The request body nests deeper than ${limits.jsonDepth} levels`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('The request body must be JSON')
  }
}

async function readLimited(
  { headers, body }: Request,
  { maxBytes, bodyMs }: BodyLimits,
): Promise<string> {
  const isAnnouncedTooLarge = Number(headers.get('content-length')) > maxBytes
  const text = isAnnouncedTooLarge ? null : await readInTime(body, maxBytes, bodyMs)
  if (text !== null) return text
  throw new StudioError('payload_too_large', `The body is larger than ${maxBytes} bytes`, {
    details: { limit: maxBytes },
  })
}

async function readInTime(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  bodyMs: number,
): Promise<string | null> {
  let timer: Timer | undefined
  const bound = (reading: Promise<string | null>) =>
    new Promise<string | null>((resolve, reject) => {
      timer = startTimer(bodyMs, () => reject(late))
      timer.unref()
      reading.then(resolve, reject)
    })
  try {
    return await readText(body, { maxBytes, fatal: true, bound })
  } catch (error) {
    throw badRequest(
      error === late
        ? `The request body did not arrive within ${bodyMs} ms`
        : 'The request body could not be read',
    )
  } finally {
    timer?.stop()
  }
}

const late = new Error('late')
