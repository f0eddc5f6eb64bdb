import { describe, expect, it, vi } from 'vitest'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { readNdjson, readServerSentEvents } from '../../support/read-ndjson.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const refund = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')

describe.each(storeKinds)('GET /runs/:runId/events?types= ($name stores)', (store) => {
  const createRun = async () => {
    const { tool } = createRefundTool({ when: () => false })
    const turns = [
      ['Let me see.', refund],
      ['all', ' done'],
    ]
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const { response, rest } = await studio.runStream('hi')
    const lines = await rest()
    const path = `${response.headers.get('location')}/events`
    const read = async (query: string, headers = {}) =>
      readNdjson(await studio.send('GET', path + query, { headers }))
    return { studio, lines, path, read }
  }

  it('?types= shows these types and the last event, with unchanged seq', async () => {
    const { lines, read } = await createRun()
    const wanted = lines.filter(({ type }) => ['text_delta', 'tool_result', 'final'].includes(type))
    expect(wanted.length).toBeLessThan(lines.length)
    expect(await read('?types=text_delta,tool_result')).toEqual(wanted)
    expect(await read('?types=%20tool_result%20,,text_delta')).toEqual(wanted)
  })

  it('?types= shows only the last event when no event has the type', async () => {
    const { lines, read } = await createRun()
    expect(await read('?types=nothing')).toEqual(lines.slice(-1))
    expect(await read('?types=final')).toEqual(lines.slice(-1))
  })

  it.each(['', '?types=', '?types=%20,%20'])(
    'an events query of %j shows all types',
    async (query) => {
      const { lines, read } = await createRun()
      expect(await read(query)).toEqual(lines)
    },
  )

  it('?types= does not change seq, so a reader may change its types at any time', async () => {
    const { studio, lines, path, read } = await createRun()
    for (const { seq = 0 } of lines.slice(0, -1)) {
      const later = lines.filter((line) => (line.seq ?? 0) > seq)
      const deltas = later.filter(({ type }) => type === 'text_delta' || type === 'final')
      expect(await read(`?after=${seq}&types=text_delta`)).toEqual(deltas)
      const headers = { accept: 'text/event-stream', 'last-event-id': `${seq}` }
      const response = await studio.send('GET', `${path}?types=text_delta`, { headers })
      const events = await readServerSentEvents(response)
      expect(events.map(({ data }) => data)).toEqual(deltas)
      expect(events.map(({ id }) => Number(id))).toEqual(deltas.map((line) => line.seq))
    }
  })

  it('?types= sends heartbeats while a live run has only other events', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    const [first, second] = [createGate(), createGate()]
    try {
      const turns = [[{ wait: first.opened }, 'a', { wait: second.opened }, 'b']]
      const { startRun, send, runIn } = await createTestStudio({ store, turns })
      const runId = await startRun('hi')
      const response = await send('GET', `/runs/${runId}/events?types=tool_result`, {})
      let text = ''
      const reading = (async () => {
        const decoder = new TextDecoder()
        for await (const bytes of response.body ?? []) text += decoder.decode(bytes)
      })()
      await vi.advanceTimersByTimeAsync(7_500)
      first.open()
      await vi.advanceTimersByTimeAsync(7_500)
      await eventually(async () => expect(text).toContain('{"type":"ping"}\n'))
      expect(text).not.toContain('text_delta')
      second.open()
      await runIn(runId, 'succeeded')
      await reading
      expect(text).toMatch(/^(\{"type":"ping"\}\n)+\{"type":"final".+\n$/)
    } finally {
      vi.useRealTimers()
    }
  })
})
