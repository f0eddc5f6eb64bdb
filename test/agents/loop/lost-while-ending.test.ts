import { describe, expect, it } from 'vitest'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { createTestStudio, restartStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const leaseMs = 30_000
const reason = 'The run did not finish in time.'

describe.each(storeKinds)('an owner that is lost while it ends a run on $name stores', (store) => {
  it('the next owner ends the run, because its approvals are cancelled', async () => {
    const { tool, refunds } = createRefundTool()
    const turns = [
      [
        toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1'),
        toolCall('refund', { orderId: 'o2', cents: 5 }, 'c2'),
      ],
      'done',
    ]
    const options = { tools: [tool], turns, leaseMs }
    const first = await createTestStudio({ ...options, store })
    const { stores, clock } = first
    const runId = await first.startRun('hi')
    const [decided = '', open = ''] = await first.pendingApprovals(2)
    await first.studio.close()
    await stores.approvals.decide('', decided, { approved: true, reason: null, decidedBy: null })
    const agents = new Map([['support', {}]])
    const claimed = await stores.runs.claim(runId, { owner: 'lost', leaseMs, agents })
    const epoch = claimed?.journal.run.epoch ?? 0
    await stores.runs.cancelApprovals({ runId, epoch }, reason)

    const second = await restartStudio({ stores, clock }, options)
    clock.advance(leaseMs)
    await second.studio.tick()
    expect(await second.runIn(runId, 'failed')).toMatchObject({
      error: { code: 'crashed', message: 'The run lost its process while it ended' },
    })
    expect(refunds).toEqual([])
    expect(second.model.calls).toEqual([])
    expect((await second.get(`/approvals/${open}`)).body).toMatchObject({
      status: 'cancelled',
      decisionReason: reason,
    })
    const events = await (await second.send('GET', `/runs/${runId}/events`, {})).text()
    const types = events
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type)
    expect(types.slice(-5)).toEqual([
      'tool_approval_result',
      'tool_approval_result',
      'tool_result',
      'tool_result',
      'error',
    ])
  })
})
