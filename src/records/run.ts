import type { Json, JsonObject } from '../lib/json.ts'
import type { Message, ToolResultItem } from './message.ts'
import type { Usage } from './usage.ts'

/** Where a run stands (contract runs.md D.2); the last three are final. */
export const runStatuses = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
] as const
/** One of `runStatuses`. */
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

/** What a run was asked to do; written once, at admission. */
export interface RunInput {
  readonly prompt: Message
  /** Conversation before the prompt, of runs without a session. */
  readonly history: readonly Message[]
  readonly maxTurns: number
  readonly toolConcurrency: number
  /** From the first start; null has no deadline. */
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
  /** When the run wants to be claimed; null while nobody needs to. */
  readonly wakeAt: string | null
  /** Claims in a row whose owner was lost before a tool call succeeded: 0 while all goes well. */
  readonly attempts: number
  /** Where its event log goes on. */
  readonly nextSeq: number
  /** Where the log went on when the run was last taken over from a lost owner; null when none was lost. */
  readonly takeoverSeq: number | null
  readonly cancelRequestedAt: string | null
  readonly cancelReason: string | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly input: RunInput
  /** Model calls finished or begun. */
  readonly turns: number
  /** Turns, tool calls and approvals together: what its trace will list below the root. */
  readonly observations: number
  readonly usage: Usage
  readonly output: string | null
  readonly error: RunError | null
  /** What an interrupted turn had produced when it held no text worth a message. */
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
  /** From 1; one more each time a process took the turn over unfinished. */
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
  /** Messages sent to the model. */
  readonly historyCount: number
  readonly toolNames: readonly string[]
  readonly retries: readonly Retry[]
  readonly error: { readonly name: string; readonly message: string } | null
}

/** One attempt at a model call that was given up and repeated. */
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
  /** Arguments as the model gave them, or as the approval replaced them. */
  readonly input: Json
  readonly state: 'planned' | 'waiting' | 'started' | 'done'
  readonly approvalId: string | null
  readonly plannedAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly result: readonly ToolResultItem[] | null
  readonly isError: boolean
  /** True when the tool's code never ran: refused, unknown, or bad arguments. */
  readonly skipped: boolean
}

/** Did one of these calls succeed, so that the run has got further? */
export function hasSuccess(calls: readonly ToolCall[]): boolean {
  return calls.some(({ state, isError }) => state === 'done' && !isError)
}

/** One line of a run's event log, encoded once: what streams send and stores keep. */
export interface LogEntry {
  /** 0-based and without gaps within the run. */
  readonly seq: number
  readonly type: string
  /** The event as JSON text, `seq` included. */
  readonly json: string
}
