import { type ApprovalDecision, type ApprovalInfo, StudioClientError } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { messageOf } from '../../app/message.ts'
import { toast } from '../../parts/toast.tsx'
import { texts as shared } from '../../texts.ts'
import { approvalsTexts as texts } from './texts.ts'

/** How a decision ended: it was stored, somebody else had decided, or why it failed. */
export type Outcome =
  | { readonly kind: 'stored'; readonly approval: ApprovalInfo }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Sends a decision. The same one again does no harm, so a caller may repeat it. */
export async function sendDecision(id: string, decision: ApprovalDecision): Promise<Outcome> {
  try {
    return { kind: 'stored', approval: await client.approvals.decide(id, decision) }
  } catch (error) {
    const isElsewhere = error instanceof StudioClientError && error.code === 'conflict'
    return isElsewhere ? { kind: 'elsewhere' } : { kind: 'failed', error }
  }
}

/** How many decisions are on their way at once. */
const atOnce = 4

/** Decides several calls alike, says how it went, and returns the ids of those that failed. */
export async function decideMany(
  approvals: readonly ApprovalInfo[],
  decision: ApprovalDecision,
): Promise<readonly string[]> {
  const failed: string[] = []
  let stored = 0
  let elsewhere = 0
  let reason: unknown = null
  const rest = [...approvals]
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const outcome = await sendDecision(next.id, decision)
      if (outcome.kind === 'stored') stored++
      else if (outcome.kind === 'elsewhere') elsewhere++
      else {
        failed.push(next.id)
        reason = outcome.error
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const said = decision.approved ? texts.didApproveMany : texts.didRejectMany
  if (stored > 0) toast(said(stored), decision.approved ? 'good' : 'quiet')
  if (elsewhere > 0) toast(texts.elsewhereMany(elsewhere), 'wait')
  if (failed.length > 0) toast(describeProblem(reason), 'bad')
  return failed
}

/** Says that a decision failed. Without an answer of the studio nobody knows whether it was stored. */
export function describeProblem(error: unknown): string {
  const known = error instanceof StudioClientError ? error : null
  const said = (known?.status ?? 500) < 500 ? texts.notSent : texts.maybeNotSent
  const id = known?.requestId ? ` (${shared.requestId} ${known.requestId})` : ''
  return `${said} ${messageOf(error)}${id}`
}

/** The faults that the studio found in changed arguments, by path. */
export function readFaults(error: unknown): ReadonlyMap<string, string> {
  const details = error instanceof StudioClientError ? error.details : null
  const faults = new Map<string, string>()
  for (const one of Array.isArray(details) ? (details as readonly unknown[]) : []) {
    const { path, message } = (one ?? {}) as { path?: unknown; message?: unknown }
    if (typeof path !== 'string' || !/^input(\.|$)/.test(path)) continue
    faults.set(path.slice('input.'.length), String(message))
  }
  return faults
}
