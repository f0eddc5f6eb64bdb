import { describe, expect, it, vi } from 'vitest'
import { createGate } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { readLines, readNdjson, readServerSentEvents } from '../../support/read-ndjson.ts'
import { createTestStudio, eventually, type TestStudio } from '../../support/studio.ts'
import { racyKinds } from '../../support/stores.ts'

const sse = { accept: 'text/event-stream' }

describe.each(racyKinds)('the events of a run on $name stores', (store) => {
  it('GET events replays a run from every position exactly as it was streamed', async () => {
    const { runStream, send } = await createTestStudio({ store, turns: [['a', 'b', 'c']] })
    const { response, rest } = await runStream('hi')
    const lines = await rest()
    const path = `${response.headers.get('location')}/events`
    expect(await readNdjson(await send('GET', path, {}))).toEqual(lines)
    for (let after = -1; after < lines.length; after++) {
      const replay = await send('GET', `${path}?after=${after}`, {})
      expect(replay.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
      expect(await readNdjson(replay)).toEqual(lines.slice(after + 1))
    }
  })

  it('GET events returns server-sent events whose id is the sequence number', async () => {
    const { runStream, send } = await createTestStudio({ store, turns: ['hello'] })
    const { response, rest } = await runStream('hi')
    const lines = await rest()
    const path = `${response.headers.get('location')}/events`
    const replay = await send('GET', path, { headers: sse })
    expect(replay.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const expected = lines.map((line) => ({ id: `${line.seq}`, event: line.type, data: line }))
    expect(await readServerSentEvents(replay)).toEqual(expected)
    for (const event of expected) {
      const headers = { ...sse, 'last-event-id': event.id }
      const rest = await readServerSentEvents(await send('GET', path, { headers }))
      expect(rest).toEqual(expected.slice(Number(event.id) + 1))
    }
  })

  it('GET events returns 400 for an invalid position and 404 for an unknown run', async () => {
    const { run, get } = await createTestStudio({ store, turns: ['hello'] })
    const runId = textAt((await run('hi')).body, 'runId')
    const path = `/runs/${runId}/events`
    for (const after of ['x', '1.5', '-2', '1e3']) {
      expect(await get(`${path}?after=${after}`)).toMatchObject({ status: 400 })
    }
    const headers = { 'last-event-id': 'x' }
    expect(await get(path, { headers })).toMatchObject({ status: 400 })
    expect(await get('/runs/none/events')).toMatchObject({ status: 404 })
  })

  it('GET events of an ended run returns nothing at or after the last position', async () => {
    const { runStream, send } = await createTestStudio({ store, turns: ['hello'] })
    const { response, rest } = await runStream('hi')
    const last = (await rest()).length - 1
    for (const after of [last, last + 1, 1_000]) {
      const path = `${response.headers.get('location')}/events?after=${after}`
      expect(await readNdjson(await send('GET', path, {}))).toEqual([])
    }
  })

  it('GET events of a running run loses and repeats no line, whenever a reader joins', async () => {
    const lastSeq = 6 * 40 + 2
    const gates = Array.from({ length: 6 }, () => createGate())
    const turn = gates.flatMap((gate, index) => [
      { deltas: Array.from({ length: 40 }, (_, place) => `${index}.${place} `) },
      { wait: gate.opened },
    ])
    const studio = await createTestStudio({ store, turns: [turn] })
    const { response, until, rest } = await studio.runStream('hi')
    const path = `${response.headers.get('location')}/events`
    const readers: Promise<{ after: number; seen: unknown }>[] = []
    for (const [index, gate] of gates.entries()) {
      const seen = await until((line) => line['delta'] === `${index}.39 `)
      const here = seen.seq ?? 0
      for (const after of [-1, 0, here - 41, here - 1, here, here + 1, here + 45]) {
        if (after >= -1 && after < lastSeq) readers.push(readFrom(studio, path, after))
      }
      readers.push(readEventsFrom(studio, path, here))
      if (index % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 60))
      gate.open()
    }
    const lines = await rest()
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    expect(lines.at(-1)).toMatchObject({ type: 'final', seq: lastSeq })
    for (const { after, seen } of await Promise.all(readers)) {
      expect(seen).toEqual(lines.slice(after + 1))
    }
  })

  it('GET events ends with cancelled when the session of the run is deleted', async () => {
    const { createSession, runStream, send, del } = await createTestStudio({
      store,
      turns: [['a', { wait: createGate().opened }]],
    })
    const sessionId = await createSession()
    const { response, until, rest } = await runStream({ message: 'hi', sessionId })
    await until('text_delta')
    const replay = readLines(await send('GET', `${response.headers.get('location')}/events`, {}))
    expect((await del(`/sessions/${sessionId}`)).status).toBe(204)
    expect((await rest()).at(-1)).toMatchObject({ type: 'cancelled' })
    expect((await replay.rest()).at(-1)).toMatchObject({ type: 'cancelled' })
  })
})

describe.each(racyKinds)('a silent stream on $name stores', (store) => {
  it.each([
    ['a ping line', {}, '{"type":"ping"}\n'],
    ['a comment', sse, ': ping\n\n'],
  ])('a silent stream sends %s every 15 s', async (_what, headers, ping) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    const gate = createGate()
    try {
      const turns = [['a', { wait: gate.opened }]]
      const { startRun, send } = await createTestStudio({ store, turns })
      const runId = await startRun('hi')
      const response = await send('GET', `/runs/${runId}/events`, { headers })
      let text = ''
      const reading = (async () => {
        const decoder = new TextDecoder()
        for await (const bytes of response.body ?? []) text += decoder.decode(bytes)
      })()
      await eventually(async () => expect(text).toContain('text_delta'))
      for (let count = 1; count <= 3; count++) {
        await vi.advanceTimersByTimeAsync(15_000)
        await eventually(async () => expect(text.split(ping).length - 1).toBe(count))
      }
      gate.open()
      await reading
      expect(text).toContain('"type":"final"')
    } finally {
      vi.useRealTimers()
    }
  })
})

it('GET events ends at the next heartbeat for a reader that is ahead of an ended run', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  try {
    const gate = createGate()
    const { runStream, send } = await createTestStudio({ turns: [['a', { wait: gate.opened }]] })
    const { response, until, rest } = await runStream('hi')
    await until('text_delta')
    const ahead = await send('GET', `${response.headers.get('location')}/events?after=999`, {})
    const read = readNdjson(ahead)
    gate.open()
    await rest()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await read).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})

async function readFrom({ send }: TestStudio, path: string, after: number) {
  return { after, seen: await readNdjson(await send('GET', `${path}?after=${after}`, {})) }
}

async function readEventsFrom({ send }: TestStudio, path: string, after: number) {
  const headers = { ...sse, 'last-event-id': `${after}` }
  const events = await readServerSentEvents(await send('GET', path, { headers }))
  return { after, seen: events.map(({ data }) => data) }
}
