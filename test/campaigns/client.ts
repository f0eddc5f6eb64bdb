import { withDeadline } from '../../src/lib/deadline.ts'
import type { Fleet } from './fleet.ts'
import { type Ledger, noteLine, type SeenLine, tally } from './ledger.ts'
import type { Random } from './random.ts'
import { sleep } from './script.ts'

/** The parts that the clients of a campaign share. */
export interface ClientContext {
  readonly fleet: Fleet
  readonly ledger: Ledger
  readonly random: Random
  /** Aborts at the end of the campaign. */
  readonly signal: AbortSignal
}

/** A response together with its parsed body. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** One request to an instance. */
interface Exchange {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** Sends a request and reads its response. Resolves to `late` after `waitMs`, and to null if there was no complete response. */
export async function exchange<T>(
  path: string,
  { url, method, headers, body, waitMs, signal }: Exchange,
  read: (response: Response) => Promise<T>,
): Promise<T | 'late' | null> {
  const late = new Error('No answer in time')
  try {
    return await withDeadline(waitMs, late, async (deadline) => {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, deadline]),
      })
      return read(response)
    })
  } catch (error) {
    return error === late ? 'late' : null
  }
}

/** Sends a request to a random instance. Returns null if there was no complete response. */
export async function send(
  { fleet, random, signal, ledger }: ClientContext,
  path: string,
  { headers = {}, body, url = fleet.pickUrl(random), waitMs = 60_000 }: SendOptions = {},
): Promise<Answer | null> {
  const method = body === undefined ? 'GET' : 'POST'
  const request = { url, method, headers, body, waitMs, signal }
  const answer = await exchange(path, request, async (response): Promise<Answer> => {
    const json = (await response.json()) as Record<string, unknown>
    return { status: response.status, headers: response.headers, body: json }
  })
  if (answer !== 'late') return answer
  tally(ledger, 'requests without an answer in time')
  return null
}

/** The options of one request. */
export interface SendOptions {
  readonly headers?: Record<string, string>
  readonly body?: object
  /** @default the address of a random instance that serves */
  readonly url?: string
  readonly waitMs?: number
}

/** The lines that a reader received from a run's stream. */
interface Transcript {
  readonly runId: string
  readonly lines: SeenLine[]
  readonly history: string[]
}

/** Requests a stream from the line after `after`. */
export type Open = (after: number) => Promise<Response>

/** Returns a function that requests the events of a run from a random instance, sometimes as server-sent events. */
function eventsOf({ fleet, random, signal }: ClientContext, runId: string): Open {
  return (after) => {
    const sse = random.chance(0.3)
    const url = new URL(
      `/runs/${runId}/events${sse ? '' : `?after=${after}`}`,
      fleet.pickUrl(random),
    )
    const accept = sse
      ? { accept: 'text/event-stream', ...(after < 0 ? {} : { 'last-event-id': String(after) }) }
      : undefined
    return fetch(url, { signal, ...(accept ? { headers: accept } : {}) })
  }
}

/** Reads a run's stream to its last line. After a broken connection it resumes behind the last line that it received. */
export async function readRun(
  context: ClientContext,
  runId: string,
  first: Response | null,
): Promise<readonly SeenLine[] | null> {
  const { ledger, signal } = context
  const transcript: Transcript = { runId, lines: [], history: [] }
  const open = eventsOf(context, runId)
  let response = first
  while (!signal.aborted) {
    if (!response) {
      response = await open(transcript.lines.length - 1).catch(() => null)
      if (response && response.status !== 200) {
        await response.body?.cancel()
        response = null
      }
      if (response) {
        tally(ledger, 'streams resumed')
        transcript.history.push(`after ${transcript.lines.length - 1}`)
      }
    }
    if (response && (await readLines(context, transcript, response))) {
      ledger.transcripts.push(transcript)
      return transcript.lines
    }
    response = null
    await sleep(50)
  }
  return null
}

/** Reads one connection. Returns true if it contained the run's last line. */
async function readLines(
  { ledger }: ClientContext,
  transcript: Transcript,
  response: Response,
): Promise<boolean> {
  try {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const bytes of response.body ?? []) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const line = toLine(part)
        if (line && accept(ledger, transcript, line)) return true
      }
    }
  } catch {
    tally(ledger, 'streams cut')
  }
  return false
}

/** Parses a line of NDJSON or a `data` line of server-sent events. Returns null for pings and all other lines. */
function toLine(text: string): SeenLine | null {
  const json = text.startsWith('data: ') ? text.slice(6) : text
  if (!json.startsWith('{')) return null
  const { type, seq } = JSON.parse(json) as { type: string; seq?: number }
  return seq === undefined ? null : { type, seq, json }
}

/** Adds a line. A line with an earlier number replaces the later ones, which a lost owner showed but did not store. */
function accept(ledger: Ledger, { runId, lines }: Transcript, line: SeenLine): boolean {
  if (line.seq > lines.length) {
    ledger.violations.push(`run ${runId}: line ${line.seq} came after line ${lines.length - 1}`)
  }
  if (line.seq < lines.length) {
    tally(ledger, 'lines replaced', lines.length - line.seq)
    ledger.replaced.add(runId)
    lines.length = line.seq
  }
  noteLine(ledger, runId, line)
  lines.push(line)
  tally(ledger, 'lines read')
  return ['final', 'error', 'cancelled'].includes(line.type)
}
