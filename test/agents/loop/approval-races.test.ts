import { describe, expect, it } from 'vitest'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, restartStudio } from '../../support/studio.ts'
import { racyKinds } from '../../support/stores.ts'

const orders = Array.from({ length: 20 }, (_, index) => `o${index}`)
const turns = [
  orders.map((orderId) => toolCall('refund', { orderId, cents: 500 }, orderId)),
  'done',
]

describe.each(racyKinds)('20 approvals of one turn on $name stores', (store) => {
  const create = async () => {
    const { tool, refunds } = createRefundTool()
    const first = await createTestStudio({ store, turns, tools: [tool] })
    const second = await restartStudio(first, { turns: ['done'], tools: [tool] })
    const sessionId = await first.createSession()
    const runId = await first.startRun({ message: 'go', sessionId })
    const approvalIds = await first.pendingApprovals(orders.length)
    await first.runIn(runId, 'waiting')
    return { first, second, sessionId, runId, approvalIds, refunds }
  }

  it('two instances that decide 20 approvals differently at the same time agree on one decision for each', async () => {
    const { first, second, sessionId, runId, approvalIds, refunds } = await create()
    const verdicts = await Promise.all(
      approvalIds.flatMap((id) => [
        first.decide(id, { approved: true, reason: 'yes' }),
        second.decide(id, { approved: false, reason: 'no' }),
      ]),
    )
    for (const [index] of approvalIds.entries()) {
      const pair = verdicts.slice(index * 2, index * 2 + 2)
      expect(pair.map(({ status }) => status).sort()).toEqual([200, 409])
    }
    const run = await second.runIn(runId, 'succeeded')
    expect(at(run, 'approvals')).toEqual([])

    const { body } = await second.get(`/approvals?runId=${runId}&status=approved`)
    const approved = listAt(body, 'approvals').map((approval) => textAt(approval, 'input.orderId'))
    const yes = verdicts
      .filter((_, index) => index % 2 === 0)
      .filter(({ status }) => status === 200)
    expect(approved).toHaveLength(yes.length)
    expect(refunds.map(({ orderId }) => orderId).sort()).toEqual(approved.sort())

    const session = await second.get(`/sessions/${sessionId}`)
    const results = listAt(session.body, 'messages.2.content')
    expect(results.map((result) => textAt(result, 'id'))).toEqual(orders)
  })

  it('20 approvals that are decided twice in the same way return 200 both times and run each tool once', async () => {
    const { first, second, runId, approvalIds, refunds } = await create()
    const answers = await Promise.all(
      [...approvalIds, ...approvalIds]
        .reverse()
        .map((id, index) => (index % 2 ? first : second).decide(id, { approved: true })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await first.runIn(runId, 'succeeded')
    expect(refunds.map(({ orderId }) => orderId).sort()).toEqual([...orders].sort())
  })
})
