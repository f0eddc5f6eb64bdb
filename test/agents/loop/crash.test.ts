import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { StudioError } from '../../../src/errors.ts'
import { defineTool } from '../../../src/agents/tool.ts'
import type { LanguageModelCall } from '../../../src/agents/model/language-model.ts'
import type { RunStore, Stores } from '../../../src/storage/store.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, restartStudio, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const leaseMs = 30_000
/** Covers all writes of the run below. */
const moments = Array.from({ length: 12 }, (_, index) => index)

/** Calls both tools and then answers. The reply depends only on the prompt, so that any process can repeat a turn. */
const answer = ({ prompt }: LanguageModelCall) =>
  textAt(prompt.at(-1), 'role') === 'tool'
    ? 'done'
    : [
        'Let me see.',
        toolCall('look', { orderId: 'o1' }, 'c1'),
        toolCall('refund', { orderId: 'o1', cents: 5 }, 'c2'),
      ]

/** Returns stores that become unavailable at write number `at`: either before the write happens or right after it. */
function losing(stores: Stores, at: number, when: 'before' | 'after'): Stores {
  let writes = 0
  const outage = () => new StudioError('unavailable', 'The database is unavailable')
  const isLost = () => writes > at
  const commit: RunStore['commit'] = async (ref, change) => {
    if (isLost()) throw outage()
    const isLast = writes++ === at
    if (isLast && when === 'before') throw outage()
    const result = await stores.runs.commit(ref, change)
    if (isLast) throw outage()
    return result
  }
  const runs = new Proxy(stores.runs, {
    get: (target, name, receiver) => {
      if (name === 'commit') return commit
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        if (isLost()) throw outage()
        return Reflect.apply(method, target, args) as unknown
      }
    },
  })
  return { ...stores, runs }
}

describe.each(storeKinds)('a process that loses its store on $name stores', (store) => {
  describe.each(['before', 'after'] as const)('%s a write', (when) => {
    it.each(moments)(
      `a run keeps its messages and decisions if its owner is lost ${when} write %i`,
      async (moment) => {
        const looks: string[] = []
        const look = defineTool({
          name: 'look',
          description: 'Looks an order up.',
          input: z.object({ orderId: z.string() }),
          idempotent: true,
          execute: (_input, { idempotencyKey }) => {
            looks.push(idempotencyKey)
            return 'blocked'
          },
        })
        const { tool, refunds } = createRefundTool()
        const turns = Array.from({ length: 50 }, () => answer) // a slow machine loses more owners
        const options = { tools: [look, tool], turns, leaseMs }
        const { stores, clock } = await createTestStudio({ store })
        const first = await createTestStudio({
          ...options,
          stores: losing(stores, moment, when),
          clock,
        })
        const second = await restartStudio({ stores, clock }, options)
        const sessionId = await second.createSession()
        const runId = await first.startRun({ message: 'hi', sessionId })

        await advanceToEnd(second, runId, clock.advance)

        expect(refunds.length).toBeLessThanOrEqual(1)
        expect(new Set(looks).size).toBe(1)
        await expectWhole(second, runId)
        const { body } = await second.get(`/sessions/${sessionId}`)
        expect(listAt(body, 'messages').map((message) => textAt(message, 'role'))).toEqual([
          'user',
          'assistant',
          'tool',
          'assistant',
        ])
        const results = JSON.stringify(at(body, 'messages.2'))
        expect(results).toContain('blocked')
        expect(results).toMatch(refunds.length === 1 ? /refunded 5|outcome is unknown/ : /unknown/)
      },
    )
  })
})

/** Approves everything, lets leases expire and takes the run over, until it has ended. */
async function advanceToEnd(studio: TestStudio, runId: string, advance: (ms: number) => void) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    const { body } = await studio.get('/approvals?status=pending')
    for (const approval of listAt(body, 'approvals')) {
      await studio.decide(textAt(approval, 'id'), { approved: true })
    }
    const { body: run } = await studio.get(`/runs/${runId}`)
    if (textAt(run, 'status') === 'succeeded') return
    if (textAt(run, 'status') !== 'waiting') advance(leaseMs)
    await studio.studio.tick()
  }
  throw new Error('The run did not end')
}

/** Expects one terminal event, no gap or duplicate, and one result for each tool call. */
async function expectWhole({ send, get }: TestStudio, runId: string): Promise<void> {
  const text = await (await send('GET', `/runs/${runId}/events`, {})).text()
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; seq: number })
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
  const ends = lines.filter(({ type }) => ['final', 'error', 'cancelled'].includes(type))
  expect(ends).toEqual([lines.at(-1)])
  const results = lines.filter(({ type }) => type === 'tool_result')
  expect(results.map((line) => textAt(line, 'toolCallId'))).toEqual(['c1', 'c2'])
  const { body } = await get(`/runs/${runId}`)
  const trace = await get(`/traces/${textAt(body, 'trace.traceId')}`)
  expect(listAt(trace.body, 'observations')).toHaveLength(
    Number(at(trace.body, 'observationCount')),
  )
}
