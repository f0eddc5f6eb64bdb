import { decideApproval } from '../../agents/http/decide-approval.ts'
import { tenantOf } from '../../agents/http/page.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Approval } from '../../records/approval.ts'
import { refusal } from './api-errors.ts'
import type { ApprovalResponse } from './input-items.ts'
import { findAskingPart, isKnown, readPart, type ResponsePart } from './response-part.ts'

interface Decisions {
  readonly approvals: readonly ApprovalResponse[]
  /** The response that asked; null looks it up by the approvals. */
  readonly previous: ResponsePart | null
  /** The agent that the request names; null for any. */
  readonly agentId: string | null
}

/**
 * Decides the approvals with which a response ended. Resolves to the part of the run that follows.
 *
 * @throws StudioError `not_found` for an approval of another tenant, agent or response, `bad_request` if one is left out,
 *   `conflict` if one was decided otherwise.
 */
export async function decideInput(
  module: AgentsModule,
  exchange: Exchange,
  { approvals: given, previous, agentId }: Decisions,
): Promise<ResponsePart> {
  const engine = module.engineOf(exchange)
  const found = await Promise.all(
    given.map(async (one) => {
      const approval = await engine.stores.approvals.get(tenantOf(exchange), one.approvalId)
      if (!approval || (agentId !== null && approval.agentId !== agentId)) throw noApproval(one)
      return { ...one, approval }
    }),
  )
  const part = previous ?? (await findPart(module, exchange, found))
  const { pause, run } = part
  for (const one of found) if (one.approval.runId !== run.id) throw noApproval(one)
  if (!pause) throw refusal('conflict', `Response '${part.id}' is still in progress, or has ended.`)
  for (const one of found) {
    if (!pause.approvalIds.includes(one.approvalId)) throw noApproval(one)
    if (!isSame(one.approval, one.approve)) throw decidedOtherwise(one)
  }
  const pending = await engine.stores.approvals.pendingOf([run.id])
  const givenIds = given.map(({ approvalId }) => approvalId)
  const open = pending.map(({ id }) => id).filter((id) => pause.approvalIds.includes(id))
  if (!isKnown(open, givenIds)) {
    const missing = open.filter((id) => !givenIds.includes(id)).join(', ')
    throw refusal('bad_request', `These approval requests have no response: ${missing}.`, {
      param: 'input',
    })
  }
  const next = await readPart(engine, run, pause.seq)
  if (!next) throw refusal('conflict', 'The response was deleted.')
  for (const { approval, approve, reason } of found) {
    const verdict = { approved: approve, ...(reason === null ? {} : { reason }) }
    await decideApproval(module, exchange, { approval, verdict })
  }
  return next
}

/** Finds the response that asked for the first of these approvals. */
async function findPart(
  module: AgentsModule,
  exchange: Exchange,
  found: readonly (ApprovalResponse & { readonly approval: Approval })[],
): Promise<ResponsePart> {
  const [first] = found
  if (!first) throw refusal('bad_request', 'The input has no approval.', { param: 'input' })
  const engine = module.engineOf(exchange)
  const run = await engine.stores.runs.get(tenantOf(exchange), first.approval.runId)
  const part = run && (await findAskingPart(engine, run, first.approvalId))
  if (part) return part
  throw noApproval(first)
}

function isSame({ status }: Approval, approve: boolean): boolean {
  return status === 'pending' || status === (approve ? 'approved' : 'rejected')
}

function noApproval({ approvalId, param }: ApprovalResponse) {
  const message = `Approval request '${approvalId.slice(0, 100)}' not found in this response.`
  return refusal('not_found', message, { param })
}

function decidedOtherwise({ approval, param }: ApprovalResponse & { readonly approval: Approval }) {
  const message = `Approval request '${approval.id}' is already ${approval.status}.`
  return refusal('conflict', message, { param })
}
