import type { Json, JsonObject } from '../lib/json.ts'
import type { Message, ToolResultItem } from './message.ts'
import type { Usage } from './usage.ts'

/** The states of a run. The last three are final (docs/contracts/runs.md, D.2). */
export const runStatuses = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
] as const
/** The state of a run, one of `runStatuses`. */
export type RunStatus = (typeof runStatuses)[number]
/** A state that is final for its run. */
export type EndedStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>

/** Returns true if a status is final. */
export function isEnded(status: RunStatus): status is EndedStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

/** Why a run failed. `name` and `message` come from the original error, redacted. */
export interface RunError {
  readonly code:
    'max_turns' | 'model_error' | 'timeout' | 'limit_exceeded' | 'crashed' | 'internal_error'
  readonly name: string
  readonly message: string
  /** The HTTP status with which the provider of the model refused; absent for any other failure. */
  readonly status?: number
}

/** The options of a caller for the trace of a run. */
export interface TraceOptions {
  readonly name?: string | undefined
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  readonly version?: string | undefined
  readonly traceId?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: JsonObject | undefined
}

/** A tool that the client of a run runs. The model is offered it, and its call waits for the client's answer. */
export interface ClientTool {
  /** 1 to 64 letters, digits, `_` or `-`; no name of the agent's own tools. */
  readonly name: string
  readonly description: string
  /** JSON Schema of type `object`. */
  readonly inputSchema: JsonObject
  /** Milliseconds until a call that nobody answered counts as rejected; absent for never. */
  readonly expiresInMs?: number
}

/** The task of a run. It is stored once, when the run is created, and never changes. */
export interface RunInput {
  readonly prompt: Message
  /** The conversation before the prompt, for runs without a session. */
  readonly history: readonly Message[]
  readonly maxTurns: number
  readonly toolConcurrency: number
  /** The time limit from the first start; null for none. */
  readonly timeoutMs: number | null
  /** Whether to request a stream from the model. */
  readonly stream: boolean
  /** Whether events contain complete prompts, requests and responses. */
  readonly verbose: boolean
  readonly trace: TraceOptions | null
  readonly metadata: JsonObject | null
  /** The name of one of the agent's `models`; absent for its default model. */
  readonly model?: string
  /** The beginning of the prompt's text on one line, for lists; absent in runs of earlier versions. */
  readonly preview?: string
  /** The tools that the run's client runs; absent for none. */
  readonly clientTools?: readonly ClientTool[]
  /** The header `traceparent` of the request that created the run, as it came; absent without one. */
  readonly traceparent?: string | undefined
}

/** One run without its messages, turns, calls and events. Times are ISO 8601 UTC strings with milliseconds. */
export interface Run {
  readonly id: string
  readonly tenant: string
  readonly agentId: string
  readonly sessionId: string | null
  /** The W3C trace id: 32 hex digits. */
  readonly traceId: string
  readonly status: RunStatus
  /** The fencing token. Every claim increases it, and the store refuses writes with an older one. */
  readonly epoch: number
  readonly owner: string | null
  readonly leaseUntil: string | null
  /** When the run becomes due to be claimed; null if it never does by itself. */
  readonly wakeAt: string | null
  /** How many owners in a row were lost before a tool call succeeded. */
  readonly attempts: number
  /** The sequence number of the next log entry. */
  readonly nextSeq: number
  /** The value of `nextSeq` when the run was last taken over from a lost owner; null if no owner was lost. */
  readonly takeoverSeq: number | null
  readonly cancelRequestedAt: string | null
  readonly cancelReason: string | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly input: RunInput
  /** The number of model calls, including a current one. */
  readonly turns: number
  /** The number of turns, tool calls and approvals, which are the observations below the root of its trace. */
  readonly observations: number
  readonly usage: Usage
  readonly output: string | null
  readonly error: RunError | null
  /** What an interrupted turn had produced, if it contained no text and therefore became no message. */
  readonly partial: Message | null
  readonly startedBy: string | null
}

/** A run without its prompt, history and client tools, which may be large. Everything but its owner works with it. */
export interface RunSummary extends Omit<Run, 'input'> {
  readonly input: Omit<RunInput, 'prompt' | 'history' | 'clientTools'>
}

/** How far a run has come: the fields by which readers notice a change. */
export type RunProgress = Pick<Run, 'id' | 'status' | 'nextSeq' | 'takeoverSeq'>

/** How often in a row a run may lose its owner, without a tool call that succeeds, before it fails as `crashed`. */
export const maxAttempts = 5

/** A message of a run. The turn of the prompt is 0. */
export interface RunMessage {
  readonly turn: number
  readonly message: Message
}

/** One model call of a run. */
export interface Turn {
  readonly turn: number
  /** Starts at 1 and increases whenever another process takes over the unfinished turn. */
  readonly attempt: number
  /** The W3C span id: 16 hex digits. */
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
  readonly error: {
    readonly name: string
    readonly message: string
    readonly status?: number
  } | null
  /** What continues a hosted agent that waits for people after this turn; absent for any other turn. */
  readonly pause?: TurnPause
}

/** What the next segment of a hosted agent needs. It may hold anything, so that no answer shows it. */
export interface TurnPause {
  /** The state of the framework, in its own format. */
  readonly state: string
  /** The calls that have no result yet, by `toolCallId`. */
  readonly calls: Readonly<Record<string, PausedCall>>
}

/** A call of a hosted agent that waits for people, or for the decision about another call of the same message. */
export interface PausedCall {
  /** The id that the framework gave it. */
  readonly callId: string
  /** What people may decide; empty for a call that needs nobody. */
  readonly allowed: readonly ('approve' | 'edit' | 'reject')[]
}

/** A failed attempt at a model call, and when the next one followed. */
export interface Retry {
  readonly at: string
  readonly delayMs: number
  readonly message: string
}

/**
 * One tool call of a run: `planned` → (`waiting` for its approval) → `started` → `done`. If a call is `started` when the
 * run is taken over, its outcome is unknown.
 */
export interface ToolCall {
  /** Unique within the run. */
  readonly toolCallId: string
  readonly internalCallId: string
  readonly turn: number
  /** The position in the assistant message, from 0. */
  readonly index: number
  readonly toolName: string
  /** The arguments of the model, or those that the approval replaced them with. */
  readonly input: Json
  readonly state: 'planned' | 'waiting' | 'started' | 'done'
  readonly approvalId: string | null
  readonly plannedAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly result: readonly ToolResultItem[] | null
  readonly isError: boolean
  /** True if the tool's code never ran: the call was refused, its tool unknown, or its arguments invalid. */
  readonly skipped: boolean
}

/** Returns true if one of the calls succeeded, which means that the run made progress. */
export function hasSuccess(calls: readonly ToolCall[]): boolean {
  return calls.some(({ state, isError }) => state === 'done' && !isError)
}

/** One event of a run's log, encoded once for streams and stores. */
export interface LogEntry {
  /** Starts at 0 and has no gaps within the run. */
  readonly seq: number
  readonly type: string
  /** The event as JSON text, including `seq`. */
  readonly json: string
}
