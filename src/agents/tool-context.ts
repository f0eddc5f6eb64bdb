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
  /**
   * The header `traceparent` for the requests that the tool makes, so that their spans are below the call in the trace. It is in
   * the trace of the request that created the run. Absent for a call that is not part of a run.
   */
  readonly traceparent?: string
}

/** Names a tool call and its run. */
export interface ToolCallRef {
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolCallId: string
  readonly metadata: JsonObject | null
  readonly traceparent?: string
}

/** Returns what a tool and its approval policy learn about a call. */
export function toToolContext(call: ToolCallRef, signal: AbortSignal): ToolContext {
  const { runId, agentId, sessionId, toolCallId, metadata, traceparent } = call
  const idempotencyKey = `${runId}:${toolCallId}`
  const context = { signal, runId, agentId, sessionId, toolCallId, idempotencyKey, metadata }
  return traceparent === undefined ? context : { ...context, traceparent }
}
