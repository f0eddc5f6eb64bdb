import { signal } from '@preact/signals'
import { createStudioClient } from '../../client.ts'
import { consoleUrl } from './router.ts'
import { loginNeeded, token } from './session.ts'

/** False while the studio cannot be reached. */
export const reachable = signal(true)

/** How far the clock of the studio is ahead of the browser's, in milliseconds. */
export const clockOffset = signal(0)

/** The address of the API, with a slash at the end. */
export const apiUrl = new URL('..', consoleUrl)

/** The one client of the console. Every page calls the studio through it. */
export const client = createStudioClient({
  baseUrl: apiUrl.href,
  token: () => token.value,
  reconnectMs: 600_000,
  fetch: send,
})

async function send(request: Request): Promise<Response> {
  const used = token.value
  try {
    const response = await fetch(request)
    reachable.value = true
    readClock(response.headers.get('date'))
    // A login in the meantime must not be undone by the answer to an older request.
    if (response.status === 401 && used === token.value) loginNeeded.value = true
    return response
  } catch (error) {
    if (!request.signal.aborted) reachable.value = false
    throw error
  }
}

/** Times are shown by the clock of the studio, because the one of the browser may be wrong. */
function readClock(date: string | null) {
  const offset = date === null ? 0 : Date.parse(date) - Date.now()
  if (Number.isNaN(offset)) return
  const isSmall = Math.abs(offset) < 3_000 // the header has whole seconds, and the answer took a while
  const next = isSmall ? 0 : offset
  if (Math.abs(next - clockOffset.value) > 3_000) clockOffset.value = next
}
