import { withDeadline } from '../../lib/deadline.ts'
import { retryDelayMs } from '../../lib/failures/retry.ts'
import { toPublicError } from '../../lib/redact.ts'

/** One POST to another system. */
export interface Posting {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  /** The `fetch` to use. */
  readonly fetch: typeof fetch
}

/** How a POST ended. `text` is the beginning of the body of a success. */
export type Sent =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | {
      readonly ok: false
      /** Null without an answer. */
      readonly status: number | null
      /** What happened, without the URL and without what the receiver said. */
      readonly error: string
      /** When the receiver wants the next attempt, in milliseconds from now; null if it did not say. */
      readonly retryAfterMs: number | null
    }

/** The bytes of an answer that are read: enough for what collectors say of rejected spans. */
const maxAnswerBytes = 16_384

/** Sends a POST once. A redirect is a failure, because a URL of the options is the only place that gets data. Never rejects. */
export async function send({ url, headers, body, timeoutMs, ...host }: Posting): Promise<Sent> {
  const late = new DOMException(`No answer within ${timeoutMs} ms`, 'TimeoutError')
  try {
    return await withDeadline(timeoutMs, late, async (signal) => {
      const init = { method: 'POST', headers, body, redirect: 'manual', signal } as const
      const response = await host.fetch(url, init)
      const text = await readStart(response)
      if (response.ok) return { ok: true, status: response.status, text }
      const { status } = response
      // A browser-like fetch hides the status of a redirect that it does not follow.
      const isRedirect = response.type === 'opaqueredirect' || (status >= 300 && status < 400)
      return {
        ok: false,
        status: status === 0 ? 302 : status,
        error: isRedirect ? `It answered with a redirect (${status})` : `It answered ${status}`,
        retryAfterMs: response.headers.has('retry-after')
          ? retryDelayMs({ headers: response.headers }, 0, Date.now(), noBackoff)
          : null,
      }
    })
  } catch (error) {
    const { name, message } = toPublicError(error)
    return { ok: false, status: null, error: `${name}: ${message}`, retryAfterMs: null }
  }
}

const noBackoff = { retries: 1, budgetMs: null, random: () => 0 }

async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (let bytes = 0; bytes < maxAnswerBytes;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      bytes += value.length
      text += decoder.decode(value, { stream: true })
    }
    return text
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
