import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { withCallId } from '../../../src/agents/log/old-entries.ts'
import { defineTool } from '../../../src/index.ts'
import { isRecord } from '../../../src/lib/json.ts'
import type { LogEntry } from '../../../src/records/run.ts'
import { toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { readNdjson } from '../../support/read-ndjson.ts'
import { racyKinds, type StoreKind } from '../../support/stores.ts'
import { createTestStudio } from '../../support/studio.ts'

/** Removes what older versions did not write. */
function toOld(entry: LogEntry): LogEntry {
  const event = JSON.parse(entry.json) as Record<string, unknown>
  for (const holder of [event, event['approval'], event['toolCall']]) {
    if (isRecord(holder)) delete holder['callId']
  }
  return { ...entry, json: JSON.stringify(event) }
}

/** Stores whose logs an older version wrote. */
const oldKind = (kind: StoreKind): StoreKind => ({
  name: kind.name,
  async create(clock) {
    const { stores, stop } = await kind.create(clock)
    const { runs } = stores
    const readLog: typeof runs.readLog = async (...given) =>
      (await runs.readLog(...given)).map(toOld)
    return { stores: { ...stores, runs: { ...runs, readLog } }, stop }
  },
})

describe.each(racyKinds)('the log of an older version on $name stores', (kind) => {
  it('has the call ids of calls, approvals and results when it is read', async () => {
    const refund = defineTool({
      name: 'refund',
      description: 'Refunds.',
      input: z.object({ callId: z.string() }),
      approval: true,
      execute: () => ({ callId: 'x' }),
    })
    const turns = [[toolCall('refund', { callId: 'of the caller' })], 'done']
    const { startRun, post, pendingApprovals, runIn, send } = await createTestStudio({
      store: oldKind(kind),
      turns,
      tools: [refund],
    })
    const runId = await startRun('refund')
    const [approval] = await pendingApprovals()
    await post(`/approvals/${approval}/decision`, { approved: true })
    await runIn(runId, 'succeeded')
    const events = await readNdjson(await send('GET', `/runs/${runId}/events`, {}))
    const call = events.find(({ type }) => type === 'tool_call')
    const callId = textAt(call, 'toolCall.id')
    expect(call).toMatchObject({ toolCall: { callId } })
    const approvals = events.filter(({ type }) => type.startsWith('tool_approval'))
    expect(approvals).toHaveLength(2)
    for (const event of approvals) {
      expect(event).toMatchObject({ approval: { toolCallId: callId, callId } })
    }
    expect(events.find(({ type }) => type === 'tool_result')).toMatchObject({ callId })
  })
})

it('an entry keeps its text but for the call id, long numbers included', () => {
  const approval = '"id":"a","input":{"callId":1,"n":12345678901234567890},"toolCallId":"c"}'
  const json = `{"type":"tool_approval_request","approval":{${approval},"seq":3}`
  const entry = withCallId({ seq: 3, type: 'tool_approval_request', json })
  expect(entry.json).toBe(json.replace('{"id"', '{"callId":"c","id"'))
  expect(withCallId(entry)).toBe(entry)
  const other = { seq: 4, type: 'turn_end', json: '{"type":"turn_end","toolCallId":"c","seq":4}' }
  expect(withCallId(other)).toBe(other)
})
