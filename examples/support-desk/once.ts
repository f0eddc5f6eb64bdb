import { parseCurl } from './curl.ts'

/**
 * Runs curl lines one after the other and prints the responses. Returns the number of failures.
 *
 * @throws Error when a line cannot be parsed, or has no response within a minute.
 */
export async function runLines(
  lines: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  let failures = 0
  for (const line of lines) {
    print(`\n$ ${line}`)
    const response = await fetch(parseCurl(line), { signal: AbortSignal.timeout(60_000) })
    const text = await response.text()
    const fault = findFault(response, text)
    print(`${response.status} ${response.headers.get('content-type')}`)
    print(shorten(text))
    if (fault === null) continue
    print(`FAILED: ${fault}`)
    failures++
  }
  return failures
}

/** Describes the fault of a response; null when it has none. */
function findFault({ ok, status, headers }: Response, text: string): string | null {
  if (!ok) return `status ${status}`
  try {
    if (!headers.get('content-type')?.startsWith('application/x-ndjson')) {
      JSON.parse(text)
      return null
    }
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type?: unknown })
    const last = events.at(-1)?.type
    return last === 'final' ? null : `the stream ended with ${String(last)}`
  } catch {
    return 'the answer is not JSON'
  }
}

function shorten(text: string): string {
  const lines = text.trimEnd().split('\n')
  const shown = lines.length > 8 ? [...lines.slice(0, 4), '…', ...lines.slice(-3)] : lines
  return shown.map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line)).join('\n')
}
