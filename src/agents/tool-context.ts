import type { JsonObject } from '../lib/json.ts'

/** The call that a tool or its approval policy is run for. */
export interface ToolContext {
  /** Aborts on cancellation, on the deadline of the run, on the time limit of the tool and at shutdown. */
  readonly signal: AbortSignal
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolCallId: string
  /** The same for every attempt at this call. Pass it to the services that the tool calls. */
  readonly idempotencyKey: string
  /** The metadata of the run. */
  readonly metadata: JsonObject | null
}

/** Names a tool call and its run. */
export interface ToolCallRef {
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolCallId: string
  readonly metadata: JsonObject | null
}

/** Returns what a tool and its approval policy learn about a call. */
export function toToolContext(call: ToolCallRef, signal: AbortSignal): ToolContext {
  const { runId, agentId, sessionId, toolCallId, metadata } = call
  const idempotencyKey = `${runId}:${toolCallId}`
  return { signal, runId, agentId, sessionId, toolCallId, idempotencyKey, metadata }
}
