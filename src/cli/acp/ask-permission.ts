import { setTimeout as sleep } from 'node:timers/promises'
import { type ApprovalInfo, type StudioClient, StudioClientError } from '../../client.ts'
import { permissionAnswer } from './request-params.ts'
import type { RpcCall, RpcPeer } from './rpc-peer.ts'
import { changeOfCall, type SessionUpdate, textContent } from './session-updates.ts'

/** What a permission is asked with. */
export interface PermissionOptions {
  readonly client: StudioClient
  readonly peer: RpcPeer
  readonly sessionId: string
  /** Ends the run's view. */
  readonly signal: AbortSignal
  update(update: SessionUpdate): Promise<void>
}

/** Asks the user of the client about tool calls that wait for a person. */
export interface Permissions {
  /** Asks about an approval that is still open. Resolves when the user is asked, not when they have answered. */
  ask(approval: ApprovalInfo): Promise<void>
  /** Takes the question back, because the approval was decided. */
  settle(approvalId: string): void
  /** Takes all questions back. */
  end(): void
}

const options = [
  { optionId: 'allow', name: 'Allow', kind: 'allow_once' },
  { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
] as const

/** Creates the questions of one run. */
export function createPermissions(given: PermissionOptions): Permissions {
  const { client, peer, sessionId, signal, update } = given
  const open = new Map<string, RpcCall>()

  /** The client's answer is a verdict and nothing else: the row of the approval says what it is about. */
  async function decide({ id, toolCallId }: ApprovalInfo, call: RpcCall): Promise<void> {
    const tell = (text: string) => update(changeOfCall(toolCallId, { content: textContent(text) }))
    const approved = readVerdict(await call.answer.catch(() => null))
    open.delete(id)
    if (signal.aborted) return
    if (approved === null) return tell(undecided)
    try {
      await retryCall(() => client.approvals.decide(id, { approved }, { signal }), signal)
    } catch (error) {
      const isDecided = error instanceof StudioClientError && error.status === 409
      if (isDecided || signal.aborted) return
      const why = error instanceof StudioClientError ? `: ${error.message}` : ''
      await tell(`The decision was not accepted${why}`)
    }
  }
  return {
    async ask(approval) {
      // What a client of the run has to execute has no shape in ACP.
      if (approval.clientTool || open.has(approval.id)) return
      const row = await client.approvals.get(approval.id, { signal }).catch(() => approval)
      if (row.status !== 'pending' || signal.aborted) return
      const toolCall = toToolCall(row)
      const call = peer.request('session/request_permission', { sessionId, toolCall, options })
      open.set(approval.id, call)
      void decide(row, call).catch(() => undefined) // the connection has ended
    },
    settle(approvalId) {
      open.get(approvalId)?.cancel()
      open.delete(approvalId)
    },
    end() {
      for (const call of open.values()) call.cancel()
      open.clear()
    },
  }
}

const undecided = 'Nobody decided here: the approval stays open in the studio'

function toToolCall({ toolCallId, toolName, input, requestReason }: ApprovalInfo) {
  const why = requestReason === undefined ? {} : { content: textContent(requestReason) }
  return {
    toolCallId,
    title: toolName,
    name: toolName,
    kind: 'other',
    status: 'pending',
    rawInput: input,
    ...why,
  }
}

/** Returns null for an answer that decides nothing. */
function readVerdict(answer: unknown): boolean | null {
  const { success, data } = permissionAnswer.safeParse(answer)
  if (!success || data.outcome.outcome === 'cancelled') return null
  const { optionId } = data.outcome
  if (optionId === 'allow') return true
  return optionId === 'reject' ? false : null
}

const pausesMs = [200, 400, 800, 1_600, 3_200]

/** Calls a studio again while it cannot be reached, for some seconds. What is called may be repeated. */
export async function retryCall<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await call()
    } catch (error) {
      const isTemporary = error instanceof StudioClientError && (error.status ?? 503) >= 500
      if (!isTemporary || signal.aborted) throw error
      await sleep(pauseMs, undefined, { signal })
    }
  }
  return call()
}
