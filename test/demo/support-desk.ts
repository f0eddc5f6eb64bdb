import { afterAll, beforeAll } from 'vitest'
import { startSupportDesk, type SupportDesk } from '../../examples/support-desk/start.ts'

/** Starts the support desk for the tests of a file, with its own PostgreSQL and port and the rule-driven model. */
export function withSupportDesk(): {
  readonly url: () => string
  get(path: string, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown): Promise<Response>
} {
  let desk: SupportDesk | undefined
  beforeAll(async () => {
    desk = await startSupportDesk({ port: 0, env: {} })
  }, 60_000)
  afterAll(() => desk?.close())
  const url = () => {
    if (!desk) throw new Error('The support desk runs only while tests do')
    return desk.url
  }
  return {
    url,
    get: (path, init) => fetch(url() + path, init),
    post: (path, body) =>
      fetch(url() + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

/** One event of a stream. */
export interface StreamEvent {
  readonly type: string
  readonly [member: string]: unknown
}

/** Reads the events of a stream as they arrive. */
export async function* readEvents(response: Response): AsyncGenerator<StreamEvent> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body ?? []) {
    const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as StreamEvent
  }
}

/** Reads a stream to its end. */
export async function readAllEvents(response: Response): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of readEvents(response)) events.push(event)
  return events
}
