import type { Studio } from '../../src/index.ts'
import { post } from './requests.ts'
import { answerOf } from './studio.ts'

interface PendingApproval {
  readonly id: string
  readonly runId: string
}

/**
 * Decides pending approvals one after the other. Measures the milliseconds from the decision's request to the run's next
 * event, as seen by a reader that was already connected.
 */
export async function measureDecisions(
  decider: Studio,
  reader: Studio,
  times: number,
): Promise<number[]> {
  const path = `http://studio.test/approvals?status=pending&limit=${Math.min(times, 100)}`
  const samples: number[] = []
  while (samples.length < times) {
    const { approvals } = await answerOf<{ approvals: PendingApproval[] }>(
      decider,
      new Request(path),
    )
    if (approvals.length === 0) throw new Error('There are not enough pending approvals')
    for (const approval of approvals.slice(0, times - samples.length)) {
      samples.push(await measureDecision(decider, reader, approval))
    }
  }
  return samples
}

async function measureDecision(decider: Studio, reader: Studio, approval: PendingApproval) {
  const events = await reader.fetch(new Request(`http://studio.test/runs/${approval.runId}/events`))
  const lines = events.body?.getReader()
  if (!lines) throw new Error(`The run ${approval.runId} has no events`)
  await lines.read() // all that came before, in one piece
  const start = performance.now()
  const next = lines.read()
  const decision = { approved: true }
  await answerOf(decider, post(`/approvals/${approval.id}/decision`, decision))
  await next
  const ms = performance.now() - start
  while (!(await lines.read()).done);
  return ms
}
