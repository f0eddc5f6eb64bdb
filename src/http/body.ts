import { badRequest, StudioError } from '../errors.ts'

/**
 * Reads a JSON body of at most `limit` bytes, counted while reading.
 *
 * @throws StudioError `unsupported_media_type` unless the type is `application/json` or `+json`, `payload_too_large`
 *   as soon as the limit is passed, `bad_request` for an empty or malformed body.
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new StudioError('unsupported_media_type', 'The body must be application/json')
  }
  const text = await readText(request, limit)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('The request body must be JSON')
  }
}

async function readText(request: Request, limit: number): Promise<string> {
  const tooLarge = () =>
    new StudioError('payload_too_large', `The body is larger than ${limit} bytes`, {
      details: { limit },
    })
  if (Number(request.headers.get('content-length')) > limit) throw tooLarge()
  if (!request.body) return ''
  const reader = request.body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let size = 0
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      size += value.byteLength
      if (size > limit) throw tooLarge()
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined)
    if (error instanceof StudioError) throw error
    throw badRequest('The request body could not be read')
  }
}
