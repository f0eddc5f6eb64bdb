import { describe, expect, it } from 'vitest'
import { createStudioClient, type StreamedEvent, StudioClientError } from '../../src/client.ts'
import { createTestStudio } from '../support/studio.ts'

const runId = '5d1c9a52-6f0b-4d6e-9c0a-1b2c3d4e5f60'
const usage = {
  inputTokens: 1,
  outputTokens: 1,
  totalTokens: 2,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}
const delta = (seq: number, text: string) => ({ type: 'text_delta', turn: 1, delta: text, seq })
const final = (seq: number) => ({ type: 'final', runId, output: 'ok', messages: [], usage, seq })
const lines = (...events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('')

/** One answer of the server: a text, which is cut off there, or a whole response. */
type Reply = string | Uint8Array | (() => Response)

/** Makes a client whose server gives these answers, one after the other. */
function clientOf(replies: readonly Reply[], reconnectMs = 60_000) {
  const asked: string[] = []
  const left = [...replies]
  const client = createStudioClient({
    reconnectMs,
    fetch: async ({ method, url }) => {
      asked.push(`${method} ${url.replace(/^.*local/, '')}`)
      const reply = left.shift()
      if (reply === undefined) throw new Error('The server is gone')
      if (typeof reply === 'function') return reply()
      const headers = { location: `/studio/runs/${runId}`, 'content-type': 'application/x-ndjson' }
      return new Response(cutAfter(reply), { headers })
    },
  })
  return { client, asked }
}

/** A body that gives these bytes and then fails, as a connection that is cut does. */
function cutAfter(content: string | Uint8Array): ReadableStream<Uint8Array> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  let sent = false
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) return controller.error(new TypeError('terminated'))
      sent = true
      controller.enqueue(bytes)
    },
  })
}

async function collect(stream: AsyncIterable<StreamedEvent>): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

const start = { type: 'turn_start', turn: 1, seq: 0 }

describe('a stream that is cut', () => {
  it('goes on after the last whole line, and gives each event once', async () => {
    const { client, asked } = clientOf([
      `${lines(start, delta(1, 'a'))}{"type":"text_delta","tur`,
      lines(delta(2, 'b'), final(3)),
    ])
    const events = await collect(client.runs.stream('support', { message: 'hi' }))
    expect(events).toEqual([start, delta(1, 'a'), delta(2, 'b'), final(3)])
    expect(asked).toEqual(['POST /agents/support/runs', `GET /runs/${runId}/events?after=1`])
  })

  it('inside a character loses nothing', async () => {
    const whole = new TextEncoder().encode(lines(start, delta(1, '€')))
    const at = whole.indexOf(0xe2) + 1 // after the first of three bytes
    const { client } = clientOf([whole.slice(0, at), lines(delta(1, '€'), final(2))])
    const events = await collect(client.runs.stream('support', { message: 'hi' }))
    expect(events).toEqual([start, delta(1, '€'), final(2)])
  })

  it('is continued past a proxy that answers 502 with a page, and a studio that answers 503', async () => {
    const unavailable = JSON.stringify({ error: { code: 'unavailable', message: 'no' } })
    const { client, asked } = clientOf([
      lines(start),
      () => new Response('<html></html>', { status: 502 }),
      () => new Response(unavailable, { status: 503, headers: { 'retry-after': '0' } }),
      lines(final(1)),
    ])
    expect(await client.runs.stream('support', { message: 'hi' }).text()).toBe('ok')
    expect(asked).toHaveLength(4)
  })

  it('skips heartbeats and lines that are none', async () => {
    const { client } = clientOf([`{"type":"ping"}\n\n<br>\n${lines(start, final(1))}`])
    expect(await collect(client.runs.stream('support', { message: 'hi' }))).toEqual([
      start,
      final(1),
    ])
  })

  it('does not give an event twice that is sent again', async () => {
    const { client } = clientOf([
      lines(start, delta(1, 'a')),
      lines(delta(1, 'a'), delta(2, 'b'), final(3)),
    ])
    const events = await collect(client.runs.stream('support', { message: 'hi' }))
    expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
  })

  it('gives the events that replace those of an instance that was lost', async () => {
    const again = { ...start, attempt: 2 }
    const { client } = clientOf([
      lines(start, delta(1, 'lost'), delta(2, 'words')),
      lines(again, delta(1, 'new')),
      lines(again, delta(1, 'new'), final(2)),
    ])
    const events = await collect(client.runs.stream('support', { message: 'hi' }))
    expect(events).toEqual([
      start,
      delta(1, 'lost'),
      delta(2, 'words'),
      again,
      delta(1, 'new'),
      final(2),
    ])
  })

  it('ends with `stream_lost` when no server answers for the whole time', async () => {
    const { client } = clientOf([lines(start)], 300)
    await expect(client.runs.stream('support', { message: 'hi' }).final()).rejects.toMatchObject({
      code: 'stream_lost',
    })
  })

  it('ends at once with an error that will come again', async () => {
    const missing = JSON.stringify({ error: { code: 'not_found', message: 'Run not found' } })
    const { client, asked } = clientOf([lines(start), () => new Response(missing, { status: 404 })])
    const ended = client.runs.stream('support', { message: 'hi' }).final()
    await expect(ended).rejects.toMatchObject({ code: 'not_found' })
    expect(asked).toHaveLength(2)
  })

  it('is not started again when the request that creates the run fails', async () => {
    const { client, asked } = clientOf([])
    const ended = client.runs.stream('support', { message: 'hi' }).final()
    await expect(ended).rejects.toMatchObject({ code: 'network_error' })
    expect(asked).toHaveLength(1)
  })
})

describe('a stream', () => {
  it('follows a run from the number that is asked for', async () => {
    const { studio } = await createTestStudio({ turns: [['a', 'b']] })
    const client = createStudioClient({ fetch: studio.fetch })
    const run = await client.runs.start('support', { message: 'hi' })
    const all = await collect(client.runs.follow(run.id))
    const rest = await collect(client.runs.follow(run.id, { after: 1 }))
    expect(rest).toEqual(all.slice(2))
    expect(all.at(-1)?.type).toBe('final')
  })

  it('of a run that failed rejects `final` with the error of the run', async () => {
    const { studio } = await createTestStudio({ turns: [{ error: new Error('no') }] })
    const client = createStudioClient({ fetch: studio.fetch })
    const error: unknown = await client.runs
      .stream('support', { message: 'hi' })
      .final()
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StudioClientError)
    expect(error).toMatchObject({ code: 'run_failed', details: { code: 'model_error' } })
  })

  it('that its reader leaves closes its connection', async () => {
    let cancelled = 0
    const client = createStudioClient({
      fetch: async () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new TextEncoder().encode(lines(start))),
            cancel: () => void cancelled++,
          }),
          { headers: { location: `/runs/${runId}`, 'content-type': 'application/x-ndjson' } },
        ),
    })
    for await (const _ of client.runs.stream('support', { message: 'hi' })) break
    expect(cancelled).toBe(1)
  })

  it('ends with the reason of its signal while it waits to reconnect', async () => {
    const { client } = clientOf([lines(start)])
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const stream = client.runs.stream('support', { message: 'hi' }, options)
    const seen: StreamedEvent[] = []
    const reading = (async () => {
      for await (const event of stream) {
        seen.push(event)
        setTimeout(() => controller.abort(new Error('enough')), 20)
      }
    })()
    await expect(reading).rejects.toThrow('enough')
    expect(seen).toEqual([start])
  })
})

describe('a run that is cancelled', () => {
  it('before it is read is never started', async () => {
    const { client, asked } = clientOf([])
    const stream = client.runs.stream('support', { message: 'hi' })
    await stream.cancel()
    await expect(stream.final()).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(asked).toEqual([])
  })

  it('before the studio has confirmed it is cancelled then, also when the first try fails', async () => {
    const cancelled = { type: 'cancelled', runId, usage, seq: 1 }
    const { client, asked } = clientOf([
      lines(start),
      () => new Response('<html></html>', { status: 502 }),
      () => Response.json({}),
      lines(start, cancelled),
    ])
    const stream = client.runs.stream('support', { message: 'hi' })
    const ended = stream.final()
    await stream.cancel()
    await expect(ended).rejects.toMatchObject({ code: 'run_cancelled', runId })
    expect(asked).toEqual([
      'POST /agents/support/runs',
      `POST /runs/${runId}/cancel`,
      `POST /runs/${runId}/cancel`,
      `GET /runs/${runId}/events?after=-1`,
    ])
  })
})

describe('an id that would change the path', () => {
  it.each(['', '.', '..'])('%j is refused before anything is sent', async (id) => {
    const { client, asked } = clientOf([])
    const refused = { code: 'bad_request', status: null }
    await expect(client.runs.get(id)).rejects.toMatchObject(refused)
    await expect(client.runs.follow(id).final()).rejects.toMatchObject(refused)
    await expect(client.runs.stream(id, { message: 'hi' }).final()).rejects.toMatchObject(refused)
    await expect(client.approvals.decide(id, { approved: true })).rejects.toMatchObject(refused)
    expect(asked).toEqual([])
  })
})
