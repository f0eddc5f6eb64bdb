import type { Clock, Ids } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { ProviderToolCall, Source } from '../answers/shared.ts'
import type { AssistantMessage, Message, ToolCallPart } from '../../records/message.ts'
import type { Retry } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'

export interface ModelRequest {
  /** The system prompt; null sends none. */
  readonly instructions: string | null
  /** The conversation, already made valid for every provider by `closeHistory`. */
  readonly messages: readonly Message[]
  readonly tools: readonly ModelTool[]
  readonly stream: boolean
  readonly settings: ModelSettings
}

/** A tool as the model sees it. */
export interface ModelTool {
  readonly name: string
  readonly description: string
  /** JSON Schema of type `object`. */
  readonly inputSchema: JsonObject
}

/** Settings of a model call. The provider decides on each setting that is left out. */
export interface ModelSettings {
  readonly temperature?: number
  readonly maxOutputTokens?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly stopSequences?: readonly string[]
  readonly seed?: number
  /** Whether the model must call a tool, and which one. Sent only with tools. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly toolName: string }
  /** Options by provider name, as the provider's package documents them. */
  readonly providerOptions?: { readonly [provider: string]: JsonObject }
}

/** Receives the answer while it arrives. No method is called after `callModel` has resolved. */
export interface ModelSink {
  text(delta: string): void
  reasoning(delta: string, id: string | undefined): void
  toolCallDelta(toolCallId: string, toolName: string, delta: string): void
  /** The model cites something for the first time in this answer. */
  source(source: Source): void
  /** A tool that the provider runs by itself has begun or ended. */
  providerToolCall(call: ProviderToolCall): void
  /** An attempt failed and is retried after `retry.delayMs`. */
  retry(retry: Retry): void
}

export interface ModelCallContext {
  /** Ends the call, even if the model ignores the signal. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly ids: Ids
  /** Waits between attempts. @default a timer that ends with the signal */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Spreads the delays between attempts. @default Math.random */
  readonly random?: () => number
  /** How often the call is repeated at most while nothing of its answer was received. @default 3 */
  readonly retries?: number
  /** When the run has to end, in milliseconds since 1970. The waits between attempts take half of the time that is left. */
  readonly deadline?: number | null
  /** Ids that the run has used. A tool call that repeats one gets a fresh id. */
  readonly usedToolCallIds: ReadonlySet<string>
}

/** One tool call of an answer. `inputError` explains why its arguments cannot be used; null when they can. */
export interface ModelToolCall {
  readonly part: ToolCallPart
  readonly inputError: string | null
}

/** The whole answer of a model. */
export interface ModelAnswer {
  readonly message: AssistantMessage
  /** The calls to run, in order, without those that the provider executed itself. */
  readonly toolCalls: readonly ModelToolCall[]
  readonly usage: Usage
  readonly finishReason: string
  readonly responseId: string | null
  readonly responseModel: string | null
  /** Milliseconds from the start of the call, retries included; null for a call that is not streamed. */
  readonly firstDeltaMs: number | null
  readonly warnings: readonly string[]
}

/** Why a model call failed, redacted. The name is `AbortError` when the signal ended the call. */
export interface ModelFailure {
  readonly name: string
  readonly message: string
  /** The HTTP status of the provider; absent when it sent none. */
  readonly status?: number
}

/** How a model call ended. */
export type ModelOutcome =
  | { readonly ok: true; readonly answer: ModelAnswer }
  | {
      readonly ok: false
      readonly error: ModelFailure
      /** The error as the model threw it, for `onError` only. */
      readonly cause: unknown
      /** The part of the answer that was received, marked as interrupted; null when there is none. */
      readonly partial: AssistantMessage | null
      readonly usage: Usage
      /** True when the provider refused the conversation before it answered: it would refuse it again. */
      readonly refused: boolean
      /** Null when the model did not say why it stopped. */
      readonly finishReason: string | null
      readonly firstDeltaMs: number | null
    }
