import { describe, expect, it } from 'vitest'
import type { RunChange, RunStore, Stores } from '../../src/storage/store.ts'
import { createGate, createRefundTool, toolCall } from '../support/agents.ts'
import { readNdjson, type StreamLine } from '../support/read-ndjson.ts'
import { storeKinds } from '../support/stores.ts'
import { createTestStudio, eventually, restartStudio, type TestStudio } from '../support/studio.ts'

const leaseMs = 30_000
const never = new Promise<never>(() => undefined)

/** The same rows, seen by a process that others work beside. */
const shared = (stores: Stores): Stores => ({ ...stores, shared: true })

/** Stores whose commits first do something else. */
function before(stores: Stores, act: (change: RunChange) => Promise<unknown>): Stores {
  const commit: RunStore['commit'] = async (ref, change) => {
    await act(change)
    return stores.runs.commit(ref, change)
  }
  return { ...stores, runs: { ...stores.runs, commit } }
}

const readAll = async ({ send }: TestStudio, runId: string, after: number) =>
  readNdjson(await send('GET', `/runs/${runId}/events?after=${after}`, {}))

/** What a reader has in the end: a line it had before takes back what came after that. */
function fold(lines: readonly StreamLine[]): StreamLine[] {
  const folded: StreamLine[] = []
  for (const line of lines) {
    folded.length = Math.min(folded.length, line.seq ?? 0)
    folded.push(line)
  }
  return folded
}

describe.each(storeKinds)('a run whose owner is gone, on $name stores', (store) => {
  /** A run that its owner has left behind with two lines in the log, and somebody who can take it over. */
  async function abandoned() {
    const base = await createTestStudio({ store })
    const { clock } = base
    const stores = shared(base.stores)
    const turns = [['old ', { wait: never }]]
    const first = await createTestStudio({ stores, clock, turns, leaseMs })
    const runId = await first.startRun('hi')
    await eventually(async () => expect(await stores.runs.readLog(runId, -1, 9)).toHaveLength(2))
    const second = await restartStudio({ stores, clock }, { turns: ['new'], leaseMs })
    return { runId, second, clock }
  }

  it('goes on for a reader who saw more than was stored, with the turn begun again', async () => {
    const { runId, second, clock } = await abandoned()
    const reading = readAll(second, runId, 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
    clock.advance(leaseMs)
    await second.studio.tick()
    expect(await reading).toMatchObject([
      { seq: 2, type: 'turn_start', turn: 1, attempt: 2 },
      { seq: 3, type: 'text_delta', delta: 'new' },
      { seq: 4, type: 'turn_end' },
      { seq: 5, type: 'final', output: 'new' },
    ])
  })

  it('tells such a reader everything since it was taken over, also when it has ended', async () => {
    const { runId, second, clock } = await abandoned()
    clock.advance(leaseMs)
    await second.studio.tick()
    const seqs = async (after: number) =>
      (await readAll(second, runId, after)).map(({ seq }) => seq)
    expect(await seqs(20)).toEqual([2, 3, 4, 5])
    expect(await seqs(4)).toEqual([5])
    expect(await seqs(5)).toEqual([])
  })
})

describe.each(storeKinds)('readers at an owner that loses its run, on $name stores', (store) => {
  it('see what was never stored taken back, and then what became of the run', async () => {
    const base = await createTestStudio({ store })
    const { clock } = base
    const stores = shared(base.stores)
    const gate = createGate()
    const lost = before(stores, ({ entries = [] }) => (entries.length > 0 ? gate.opened : never))
    const answer = createGate()
    const turns = [['old ', { wait: answer.opened }, 'answer']]
    const first = await createTestStudio({ stores: lost, clock, turns, leaseMs })
    const { response, until, rest } = await first.runStream('hi')
    await until('text_delta')
    const second = await restartStudio({ stores, clock }, { turns: ['new answer'], leaseMs })
    clock.advance(leaseMs)
    await second.studio.tick()
    gate.open()
    const lines = await rest()
    expect(lines.map(({ seq }) => seq).slice(0, 3)).toEqual([0, 1, 0])
    expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'new answer' })
    const runId = response.headers.get('location')?.split('/').at(-1) ?? ''
    expect(fold(lines)).toEqual(await readAll(second, runId, -1))
    answer.open()
  })

  it('see the rest of a run that waited here and was decided elsewhere', async () => {
    const base = await createTestStudio({ store })
    const { clock } = base
    const stores = shared(base.stores)
    const { tool, refunds } = createRefundTool()
    const call = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
    const first = await createTestStudio({ stores, clock, turns: [call], tools: [tool] })
    const { response, until, rest } = await first.runStream('hi')
    await until('tool_approval_request')
    const runId = response.headers.get('location')?.split('/').at(-1) ?? ''
    await first.runIn(runId, 'waiting')
    const second = await restartStudio({ stores, clock }, { turns: ['done'], tools: [tool] })
    const [id = ''] = await second.pendingApprovals()
    expect(await second.decide(id, { approved: true })).toMatchObject({ status: 200 })
    const lines = await rest()
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'done' })
    expect(refunds).toHaveLength(1)
  })
})

describe.each(storeKinds)('a process that slept through its lease, on $name stores', (store) => {
  it('does not begin the tool call that somebody else has decided about', async () => {
    const base = await createTestStudio({ store })
    const { clock, stores } = base
    const { tool, refunds } = createRefundTool(false)
    const call = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
    const second = await restartStudio({ stores, clock }, { turns: ['done'], tools: [tool] })
    const commit: RunStore['commit'] = async (ref, change) => {
      const result = await stores.runs.commit(ref, change)
      const isStart = change.toolCalls?.some(({ state }) => state === 'started')
      if (!isStart) return result
      clock.advance(leaseMs)
      await second.studio.tick()
      return result
    }
    const asleep = { ...stores, runs: { ...stores.runs, commit } }
    const first = await createTestStudio({ stores: asleep, clock, turns: [call], tools: [tool] })
    const runId = await first.startRun('hi')
    await second.runIn(runId, 'succeeded')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(refunds).toEqual([])
    expect(JSON.stringify(second.model.calls[0]?.prompt)).toContain('outcome is unknown')
  })
})
