import type { HostedDecisionKind, PendingCall, SegmentDecision } from '../../agents/hosted-loop.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { isRecord, type Json, toJson } from '../../lib/json.ts'

type Members = Readonly<Record<string, unknown>>

/** An interrupt of a graph and the calls that wait for it, as the state keeps them. */
export interface WaitingInterrupt {
  readonly id: string
  /** The calls of the human-in-the-loop middleware, in its order; null for a node that asks for a value. */
  readonly actions: readonly { readonly callId: string; readonly name: string }[] | null
}

/** Reads the interrupts of a graph: what they wait for, and how to answer them. `calls` are those of the last answer of a model. */
export function readInterrupts(
  interrupts: readonly Members[],
  calls: readonly Members[],
): { readonly waiting: WaitingInterrupt[]; readonly pending: PendingCall[] } {
  const pending: PendingCall[] = []
  const free = [...calls]
  const waiting = interrupts.map(({ id: given, value }): WaitingInterrupt => {
    const id = String(given)
    const actions = isRecord(value) ? value['actionRequests'] : null
    if (!isRecord(value) || !Array.isArray(actions)) {
      pending.push(toQuestion(id, value))
      return { id, actions: null }
    }
    const reviews: readonly unknown[] = Array.isArray(value['reviewConfigs'])
      ? value['reviewConfigs']
      : []
    const asked = actions.filter(isRecord).map((action, index) => {
      const callId = takeCallId(free, action) ?? `${id}:${index}`
      const call = toPending(callId, action, reviews)
      pending.push(call)
      return { callId, name: call.toolName }
    })
    return { id, actions: asked }
  })
  return { waiting, pending }
}

/** A node that calls `interrupt(value)` waits for a value of its own: people answer it as the output of a call. */
function toQuestion(callId: string, value: unknown): PendingCall {
  return { callId, toolName: 'interrupt', input: toJson(value), asksOutput: true }
}

function toPending(callId: string, action: Members, reviews: readonly unknown[]): PendingCall {
  const { name, args, description } = action
  const review = reviews.find((one) => isRecord(one) && one['actionName'] === name)
  const decisions: unknown = isRecord(review) ? review['allowedDecisions'] : null
  const allowed = Array.isArray(decisions)
    ? decisions.filter(isKind)
    : (['approve', 'reject'] as const)
  return {
    callId,
    toolName: String(name),
    input: toJson(args ?? {}),
    allowed,
    ...(typeof description === 'string' ? { reason: description } : {}),
  }
}

function isKind(value: unknown): value is HostedDecisionKind {
  return value === 'approve' || value === 'edit' || value === 'reject'
}

/** The middleware names no call, so the first one with the same name and arguments is it. */
function takeCallId(calls: Members[], { name, args }: Members): string | null {
  const at = calls.findIndex(
    (call) => call['name'] === name && canonicalJson(call['args']) === canonicalJson(args),
  )
  const [call] = at < 0 ? [] : calls.splice(at, 1)
  return typeof call?.['id'] === 'string' ? call['id'] : null
}

/** Returns what the graph is resumed with: an answer for each interrupt. Without a decision a call is rejected. */
export function toResume(
  waiting: readonly WaitingInterrupt[],
  decisions: readonly SegmentDecision[],
): Readonly<Record<string, unknown>> {
  const byId = new Map(decisions.map((decision) => [decision.callId, decision]))
  return Object.fromEntries(
    waiting.map(({ id, actions }) => [
      id,
      actions
        ? { decisions: actions.map(({ callId, name }) => toVerdict(name, byId.get(callId))) }
        : toAnswerOf(byId.get(id)),
    ]),
  )
}

function toVerdict(name: string, decision: SegmentDecision | undefined): Members {
  if (!decision?.approved) {
    return { type: 'reject', message: decision?.reason ?? 'The tool call was rejected.' }
  }
  const { input } = decision
  return input === undefined
    ? { type: 'approve' }
    : { type: 'edit', editedAction: { name, args: input } }
}

function toAnswerOf(decision: SegmentDecision | undefined): Json {
  if (decision?.approved) return decision.output ?? null
  return { rejected: true, reason: decision?.reason ?? null }
}
