import type { Json, JsonObject } from '../lib/json.ts'
import type { Message, ToolResultItem } from './message.ts'
import type { Usage } from './usage.ts'

/** Where a run stands; the last three are final. */
export const runStatuses = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
] as const
/** The status of a run; `succeeded`, `failed` and `cancelled` are final. */
export type RunStatus = (typeof runStatuses)[number]
/** A status that never changes again. */
export type EndedStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>

/** Is this status final? */
export function isEnded(status: RunStatus): status is EndedStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

/** Why a run failed. `name` and `message` come from the original error, redacted. */
export interface RunError {
  readonly code: 'max_turns' | 'model_error' | 'timeout' | 'crashed' | 'internal_error'
  readonly name: string
  readonly message: string
}

/** A caller's options for the trace of a run. */
export interface TraceOptions {
  readonly name?: string | undefined
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  readonly version?: string | undefined
  readonly traceId?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: JsonObject | undefined
}

/** The input of a run. It is written at admission and never changes. */
export interface RunInput {
  readonly prompt: Message
  /** The conversation before the prompt, for runs without a session. */
  readonly history: readonly Message[]
  readonly maxTurns: number
  readonly toolConcurrency: number
  /** Counts from the first start of the run. Null has no deadline. */
  readonly timeoutMs: number | null
  /** Whether the model is asked to stream. */
  readonly stream: boolean
  /** Whether events carry prompts, requests and responses in full. */
  readonly verbose: boolean
  readonly trace: TraceOptions | null
  readonly metadata: JsonObject | null
}

/** One run, without its parts. Times are ISO 8601 UTC strings with milliseconds. */
export interface Run {
  readonly id: string
  readonly tenant: string
  readonly agentId: string
  readonly sessionId: string | null
  /** 32 hex digits, the W3C trace id. */
  readonly traceId: string
  readonly status: RunStatus
  /** Raised by every claim; a write with an older epoch is refused. */
  readonly epoch: number
  readonly owner: string | null
  readonly leaseUntil: string | null
  /** When the run becomes due; null while it does not become due by time. */
  readonly wakeAt: string | null
  /** The number of owners lost in a row since the last tool call that succeeded. */
  readonly attempts: number
  /** The number of its next log entry. */
  readonly nextSeq: number
  /** `nextSeq` at the last takeover from a lost owner; null when no owner was lost. */
  readonly takeoverSeq: number | null
  readonly cancelRequestedAt: string | null
  readonly cancelReason: string | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly input: RunInput
  /** The number of model calls, including one in progress. */
  readonly turns: number
  /** The number of turns, tool calls and approvals: the spans of its trace below the root. */
  readonly observations: number
  readonly usage: Usage
  readonly output: string | null
  readonly error: RunError | null
  /** The output of an interrupted turn that was not kept as a message; null without one. */
  readonly partial: Message | null
  readonly startedBy: string | null
}

/** A message of a run; `turn` is 0 for the prompt. */
export interface RunMessage {
  readonly turn: number
  readonly message: Message
}

/** One model call of a run. */
export interface Turn {
  readonly turn: number
  /** Counts from 1. It grows when another process takes over the unfinished turn. */
  readonly attempt: number
  /** 16 hex digits, the W3C span id. */
  readonly spanId: string
  readonly status: 'running' | 'success' | 'error'
  readonly startedAt: string
  readonly endedAt: string | null
  readonly firstDeltaMs: number | null
  readonly provider: string
  readonly model: string
  readonly responseId: string | null
  readonly responseModel: string | null
  readonly finishReason: string | null
  readonly usage: Usage
  /** The number of messages sent to the model. */
  readonly historyCount: number
  readonly toolNames: readonly string[]
  readonly retries: readonly Retry[]
  readonly error: { readonly name: string; readonly message: string } | null
}

/** A failed attempt at a model call that was repeated. */
export interface Retry {
  readonly at: string
  readonly delayMs: number
  readonly message: string
}

/**
 * One tool call of a run: `planned` → (`waiting` for its approval) → `started` → `done`. A call found `started` after a
 * takeover is the only one whose outcome is unknown.
 */
export interface ToolCall {
  /** Unique within the run. */
  readonly toolCallId: string
  readonly internalCallId: string
  readonly turn: number
  /** Place in the assistant message, from 0. */
  readonly index: number
  readonly toolName: string
  /** The model's arguments, or those of the approval that replaced them. */
  readonly input: Json
  readonly state: 'planned' | 'waiting' | 'started' | 'done'
  readonly approvalId: string | null
  readonly plannedAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly result: readonly ToolResultItem[] | null
  readonly isError: boolean
  /** True when the tool's code never ran: the call was rejected, unknown or had invalid arguments. */
  readonly skipped: boolean
}

/** Did one of these calls succeed? Then the run made progress. */
export function hasSuccess(calls: readonly ToolCall[]): boolean {
  return calls.some(({ state, isError }) => state === 'done' && !isError)
}

/** One entry of a run's event log, encoded once for streams and stores. */
export interface LogEntry {
  /** 0-based and without gaps within the run. */
  readonly seq: number
  readonly type: string
  /** The event as JSON text, `seq` included. */
  readonly json: string
}
