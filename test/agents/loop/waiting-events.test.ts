import { describe, expect, it } from 'vitest'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { readNdjson, readServerSentEvents } from '../../support/read-ndjson.ts'
import { createTestStudio, restartStudio, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const refund = (id: string) => toolCall('refund', { orderId: id, cents: 5 }, id)
const pauses = (types: readonly unknown[]) =>
  types.filter((type) => ['run_waiting', 'run_resumed'].includes(String(type)))

const eventsOf = async ({ send }: TestStudio, runId: string) =>
  readNdjson(await send('GET', `/runs/${runId}/events`, {}))

describe.each(storeKinds)('the events of a wait ($name stores)', (store) => {
  it('a run says for which approvals it waits, and that it goes on', async () => {
    const { tool } = createRefundTool()
    const turns = [[refund('c1'), refund('c2')], 'done']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const { response, until, rest } = await studio.runStream('go')
    const waiting = await until('run_waiting')
    const ids = await studio.pendingApprovals(2)
    expect(waiting).toMatchObject({ approvalIds: ids, seq: expect.any(Number) })
    const runId = String(response.headers.get('location')?.split('/').at(-1))
    await studio.runIn(runId, 'waiting')
    for (const id of ids) await studio.decide(id, { approved: true })
    const lines = await rest()
    expect(pauses(lines.map(({ type }) => type)).slice(0, 2)).toEqual([
      'run_waiting',
      'run_resumed',
    ])
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, index) => index))
  })

  it('each wait has one beginning and one end, in every order, also in another process', async () => {
    const { tool } = createRefundTool()
    const turns = [[refund('c1')], [refund('c2')], 'done']
    const first = await createTestStudio({ store, turns: [...turns], tools: [tool] })
    const runId = await first.startRun('go')
    await first.runIn(runId, 'waiting')
    await first.studio.close()
    const second = await restartStudio(first, { turns: turns.slice(1), tools: [tool] })
    for (const _turn of [1, 2]) {
      const [id = ''] = await second.pendingApprovals()
      await second.runIn(runId, 'waiting')
      await second.decide(id, { approved: true })
    }
    await second.runIn(runId, 'succeeded')
    const types = (await eventsOf(second, runId)).map(({ type }) => type)
    expect(pauses(types)).toEqual(['run_waiting', 'run_resumed', 'run_waiting', 'run_resumed'])
  })

  it('a run that is cancelled while it waits does not resume', async () => {
    const { tool } = createRefundTool()
    const studio = await createTestStudio({ store, turns: [[refund('c1')]], tools: [tool] })
    const runId = await studio.startRun('go')
    await studio.runIn(runId, 'waiting')
    await studio.post(`/runs/${runId}/cancel`)
    const types = (await eventsOf(studio, runId)).map(({ type }) => type)
    expect(pauses(types)).toEqual(['run_waiting'])
    expect(types.at(-1)).toBe('cancelled')
  })
})

describe.each(storeKinds)('a stream that waits for its session ($name stores)', (store) => {
  it('begins with queued, the number of runs that go first, and no seq', async () => {
    const gate = createGate()
    const turns = [['one', { wait: gate.opened }], 'two', 'three']
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const first = await studio.startRun({ message: 'a', sessionId })
    await studio.runIn(first, 'running')
    const second = await studio.runStream({ message: 'b', sessionId })
    const third = await studio.startRun({ message: 'c', sessionId })
    expect(await second.until('queued')).toEqual({ type: 'queued', position: 1 })
    const ndjson = await studio.send('GET', `/runs/${third}/events`, {})
    const headers = { accept: 'text/event-stream' }
    const sse = await studio.send('GET', `/runs/${third}/events`, { headers })
    const hidden = await studio.send('GET', `/runs/${third}/events?types=text_delta`, {})
    gate.open()
    const lines = await readNdjson(ndjson)
    expect(lines[0]).toEqual({ type: 'queued', position: 2 })
    expect(lines[1]).toMatchObject({ type: 'turn_start', seq: 0 })
    const events = await readServerSentEvents(sse)
    expect(events[0]).toMatchObject({ event: 'queued', data: { type: 'queued', position: 2 } })
    expect((await readNdjson(hidden))[0]).toMatchObject({ type: 'text_delta' })
    expect((await second.rest()).at(-1)).toMatchObject({ type: 'final' })
  })

  it('says nothing of a queue for a free session, without a session, and after its turn came', async () => {
    const studio = await createTestStudio({ store, turns: ['a', 'b', 'c'] })
    const sessionId = await studio.createSession()
    for (const body of [{ message: 'x', sessionId }, { message: 'y' }]) {
      const { response, rest } = await studio.runStream(body)
      expect((await rest())[0]).toMatchObject({ type: 'turn_start', seq: 0 })
      const runId = String(response.headers.get('location')?.split('/').at(-1))
      expect((await eventsOf(studio, runId))[0]).toMatchObject({ type: 'turn_start', seq: 0 })
      expect(textAt((await studio.get(`/runs/${runId}`)).body, 'status')).toBe('succeeded')
    }
  })
})
