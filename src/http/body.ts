import { badRequest, StudioError } from '../errors.ts'
import { readText } from '../lib/read-text.ts'

/**
 * Reads a JSON body of at most `maxBytes`.
 *
 * @throws StudioError `unsupported_media_type` unless the type is `application/json` or ends in `+json`,
 *   `payload_too_large` as soon as the limit is passed, `bad_request` for an empty or malformed body.
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new StudioError('unsupported_media_type', 'The body must be application/json')
  }
  const text = await readLimited(request, maxBytes)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('The request body must be JSON')
  }
}

async function readLimited({ headers, body }: Request, maxBytes: number): Promise<string> {
  const isAnnouncedTooLarge = Number(headers.get('content-length')) > maxBytes
  const text = isAnnouncedTooLarge
    ? null
    : await readText(body, { maxBytes, fatal: true }).catch(() => {
        throw badRequest('The request body could not be read')
      })
  if (text !== null) return text
  throw new StudioError('payload_too_large', `The body is larger than ${maxBytes} bytes`, {
    details: { limit: maxBytes },
  })
}
