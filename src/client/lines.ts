import { StudioClientError } from './error.ts'
import { within } from './within.ts'

/**
 * Reads the lines of a response as they arrive, those of one chunk together. A last line without an end is returned as it is:
 * a part of an event is no JSON, so nobody takes it for one.
 *
 * @throws StudioClientError `network_error` if the connection is cut, `timeout` after `silenceMs` without a byte.
 */
export async function* readLines(
  response: Response,
  signal: AbortSignal,
  silenceMs: number,
): AsyncGenerator<readonly string[], void, undefined> {
  const reader = response.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  let parts: string[] = [] // of a line that has no end yet; joined once, because a line may be long
  try {
    for (;;) {
      const { done, value } = await within(reader.read().catch(cutOff), signal, silenceMs)
      if (done) break
      const lines = decoder.decode(value, { stream: true }).split('\n')
      const end = lines.pop() ?? ''
      if (lines.length > 0) {
        lines[0] = parts.join('') + lines[0]
        parts = []
        yield lines
      }
      parts.push(end)
    }
    yield [parts.join('')]
  } finally {
    // Whoever stops reading closes the connection.
    reader.cancel().catch(() => undefined)
  }
}

function cutOff(cause: unknown): never {
  throw new StudioClientError('network_error', 'The stream was cut off', { cause })
}
