import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { findRounded, type Json, toWellFormedJson } from '../../lib/json.ts'
import type { Approval, Decision } from '../../records/approval.ts'
import type { AgentsModule } from '../module.ts'
import { toRejection } from '../rejection-message.ts'
import type { Tool } from '../tool.ts'
import { requireFound } from './require.ts'

/** What a person says of a tool call. */
export interface Verdict {
  readonly approved: boolean
  readonly reason?: string | undefined
  /** Arguments that replace the model's. */
  readonly input?: Json | undefined
}

/**
 * Decides an approval for the caller of a request, and wakes its run. Repeating a decision is fine.
 *
 * @throws StudioError `conflict` where it was decided otherwise, `bad_request` for arguments that the tool does not take.
 */
export async function decideApproval(
  module: AgentsModule,
  exchange: Exchange,
  { approval, verdict }: { readonly approval: Approval; readonly verdict: Verdict },
): Promise<Approval> {
  const engine = module.engineOf(exchange)
  const tool = findTool(module, approval)
  const { runId, agentId, toolName, toolCallId } = approval
  const report = (error: unknown) =>
    engine.onError(error, exchange.request, { runId, agentId, tool: toolName, toolCallId })
  const { approved, reason } = verdict
  const decision: Decision = {
    approved,
    reason: reason || (approved ? null : await toRejection(tool, approval, report)),
    decidedBy: exchange.principal?.id ?? null,
    ...(await editedInput(tool, verdict)),
  }
  const result = requireFound(
    await engine.stores.approvals.decide(approval.tenant, approval.id, decision),
    'Approval',
  )
  if (result.decided) void engine.wake(approval.runId, exchange.context)
  else refuseOther(result.approval, decision)
  return result.approval
}

function findTool({ agents }: AgentsModule, { agentId, toolName }: Approval): Tool | undefined {
  return agents.get(agentId)?.tools.find(({ name }) => name === toolName)
}

/** Repeating a decision is fine. @throws StudioError `conflict` for another verdict or other arguments. */
function refuseOther({ status, input: decided }: Approval, { approved, input }: Decision): void {
  const isSame = status === (approved ? 'approved' : 'rejected')
  const isEdited =
    isSame &&
    input !== undefined &&
    canonicalJson(toWellFormedJson(input)) !== canonicalJson(decided)
  if (isSame && !isEdited) return
  const other = isEdited ? ' with other arguments' : ''
  throw new StudioError('conflict', `The approval is already ${status}${other}`, {
    details: { status },
  })
}

/** Checks arguments that replace the model's against the schema of the tool. */
async function editedInput(
  tool: Tool | undefined,
  { approved, input }: Verdict,
): Promise<{ input?: Json }> {
  if (input === undefined || !approved) return {}
  const rounded = findRounded(input, 'input')
  if (rounded.length > 0) {
    const message = 'is beyond 2^53, where JSON numbers lose digits: send it as a string'
    throw badRequest(
      'Invalid request body: a number has lost digits',
      rounded.map((path) => ({ path, message })),
    )
  }
  const parsed = tool && (await tool.parseInput(input))
  if (!parsed?.ok) {
    const faults = parsed?.faults ?? [{ path: '', message: 'the tool is not registered here' }]
    throw badRequest(
      'Invalid request body: input does not fit the tool',
      faults.map(({ path, message }) => ({
        path: path === '' ? 'input' : `input.${path}`,
        message,
      })),
    )
  }
  return { input: toWellFormedJson(input) }
}
