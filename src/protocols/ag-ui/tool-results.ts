import { decideApproval, type ApprovalVerdict } from '../../agents/http/decide-approval.ts'
import { StudioError } from '../../errors.ts'
import type { RunSummary } from '../../records/run.ts'
import { findPause } from '../shared/pauses.ts'
import type { AgUiCall } from './ag-ui-call.ts'
import type { AgUiMessage } from './run-agent-input.ts'
import { contentText } from './user-content.ts'

/** How many approvals of a run are looked at: the latest ones. */
const maxApprovals = 100

/**
 * Gives the results of the client's tools, which are among the messages, to the calls of the run that wait for them. Results of other
 * calls, and of calls that have one, are not read. Resolves to the event after which the answered calls go on; null if no message is
 * the result of such a call.
 */
export async function answerClientTools(
  call: AgUiCall,
  run: RunSummary,
): Promise<{ readonly after: number } | null> {
  const { module, exchange, body } = call
  const results = body.messages.filter(({ role }) => role === 'tool')
  if (results.length === 0) return null
  const engine = module.engineOf(exchange)
  const { items } = await engine.stores.approvals.list({
    tenant: run.tenant,
    runId: run.id,
    agentId: null,
    sessionId: null,
    statuses: null,
    order: 'desc',
    cursor: null,
    limit: maxApprovals,
  })
  const latest = items.filter(({ clientTool }) => clientTool)
  const answered = latest.filter(({ toolCallId }) =>
    results.some((result) => result.toolCallId === toolCallId),
  )
  const [last] = answered
  if (!last) return null
  for (const approval of answered.toReversed()) {
    const result = results.find(({ toolCallId }) => toolCallId === approval.toolCallId)
    if (!result || approval.status !== 'pending') continue
    await decideApproval(module, exchange, { approval, verdict: toVerdict(result) }).catch(
      ignoreConflict,
    )
  }
  return { after: (await findPause(engine, run, last.id)) ?? -1 }
}

function toVerdict({ content, error }: AgUiMessage): ApprovalVerdict {
  const text = contentText(content)
  return typeof error === 'string'
    ? { approved: false, reason: (error || text).trim().slice(0, 10_000) }
    : { approved: true, output: text }
}

/** Somebody was faster, or the run was cancelled: the stream shows what came of it. */
function ignoreConflict(error: unknown): void {
  if (error instanceof StudioError && error.code === 'conflict') return
  throw error
}
