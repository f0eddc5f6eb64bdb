import type { JsonObject } from '../../lib/json.ts'
import type { OutboxMessage } from '../../records/outbox.ts'
import type { DeliveryHost } from '../relay/drain.ts'

/** Builds the body of a delivery: the fact, ids and links; contents only if they were asked for. Each attempt has the same. */
export async function toPayload(
  message: OutboxMessage,
  { base, content }: { readonly base: string; readonly content: boolean },
  { stores }: DeliveryHost,
): Promise<string> {
  const { type, createdAt, runId, agentId, sessionId, approvalId, tenant } = message
  const contents = content ? await readContents(message, stores) : {}
  const data = {
    runId,
    agentId,
    ...(sessionId === null ? {} : { sessionId }),
    ...(approvalId === null ? {} : { approvalId }),
    ...(tenant === '' ? {} : { tenant }),
    ...message.data,
    links: {
      run: `${base}/runs/${runId}`,
      ...(approvalId === null ? {} : { approval: `${base}/approvals/${approvalId}` }),
    },
    ...contents,
  }
  return JSON.stringify({ type, timestamp: createdAt, data })
}

type Stores = DeliveryHost['stores']

/** Reads what a run said, or what an approval is about. Empty when the run was deleted. */
async function readContents(
  { runId, approvalId, tenant, type }: OutboxMessage,
  { runs, approvals }: Stores,
): Promise<Record<string, unknown>> {
  if (approvalId === null) {
    const run = await runs.get(tenant, runId)
    return run ? { output: run.output, error: run.error, metadata: run.input.metadata } : {}
  }
  const approval = await approvals.get(tenant, approvalId)
  if (!approval) return {}
  const { input, requestReason, decisionReason, decidedBy } = approval
  const decision = type === 'approval.resolved' ? { decisionReason, decidedBy } : {}
  return { input, requestReason, ...decision } satisfies JsonObject
}
