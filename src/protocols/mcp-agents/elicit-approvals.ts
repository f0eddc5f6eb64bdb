import {
  type InputRequiredResult,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { decideApproval } from '../../agents/http/decide-approval.ts'
import { badRequest, StudioError } from '../../errors.ts'
import { truncateText } from '../../lib/text.ts'
import type { Approval } from '../../records/approval.ts'
import type { RunSummary } from '../../records/run.ts'
import type { AgentToolCall } from './agent-tool-call.ts'

const verdictSchema = z.object({
  approved: z.boolean(),
  reason: z.string().trim().max(10_000).exactOptional(),
})

const requestedSchema = {
  type: 'object' as const,
  properties: {
    approved: { type: 'boolean' as const, title: 'Approve', description: 'May the call run?' },
    reason: { type: 'string' as const, title: 'Reason', maxLength: 10_000 },
  },
  required: ['approved'],
}

/** Characters of the arguments that a question shows. */
const maxShown = 4_000

/** Asks the user of the client about each approval; null if none can be answered by a yes or no. */
export function elicitApprovals(
  { agent }: AgentToolCall,
  run: RunSummary,
  pending: readonly Approval[],
): InputRequiredResult | null {
  const asked = pending.filter(({ clientTool }) => !clientTool)
  if (asked.length === 0) return null
  const inputRequests = Object.fromEntries(
    asked.map(({ id, toolName, input, requestReason }) => {
      const shown = truncateText(JSON.stringify(input), maxShown)
      const reason = requestReason ? ` ${requestReason}` : ''
      const message = `The agent ${agent.name} wants to call ${toolName} with ${shown}.${reason}`
      return [id, inputRequired.elicit({ mode: 'form', message, requestedSchema })]
    }),
  )
  // The state is a name and proves nothing: the run is looked up in the caller's tenant.
  return inputRequired({ inputRequests, requestState: run.id })
}

/**
 * Decides what the user of the client has answered. A user who declines rejects; one who closes the question decides nothing.
 * All answers are checked before the first counts. Returns false if nothing was decided.
 */
export async function decideElicited(call: AgentToolCall, run: RunSummary): Promise<boolean> {
  const { module, exchange, request } = call
  const { approvals } = module.engineOf(exchange).stores
  const verdicts: { approval: Approval; verdict: z.infer<typeof verdictSchema> }[] = []
  for (const id of Object.keys(request.inputResponses ?? {})) {
    const path = `inputResponses.${id}`
    const approval = await approvals.get(run.tenant, id)
    if (approval?.runId !== run.id) {
      throw badRequest('The run has no such approval', [{ path, message: 'is not one of the run' }])
    }
    const verdict = readVerdict(call, id)
    if (verdict) verdicts.push({ approval, verdict })
  }
  for (const decision of verdicts) {
    await decideApproval(module, exchange, decision).catch((error: unknown) => {
      // somebody else was faster: the run goes on with that
      if (!(error instanceof StudioError && error.code === 'conflict')) throw error
    })
  }
  return verdicts.length > 0
}

function readVerdict({ request }: AgentToolCall, id: string) {
  const answer = inputResponse(request.inputResponses, id)
  if (answer.kind !== 'elicit') {
    const message = 'is not the answer to an elicitation'
    throw badRequest('The answers do not fit', [{ path: `inputResponses.${id}`, message }])
  }
  if (answer.action === 'cancel') return null
  if (answer.action === 'decline') return { approved: false }
  const parsed = verdictSchema.safeParse(answer.content)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => ({
    path: `inputResponses.${id}.content.${path.join('.')}`,
    message,
  }))
  throw badRequest('The answers do not fit', faults)
}
