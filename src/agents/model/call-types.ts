import type { Clock, Ids } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { AssistantMessage, Message, ToolCallPart } from '../../records/message.ts'
import type { Retry } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'

/** What one model call is asked. */
export interface ModelRequest {
  /** The system prompt; null sends none. */
  readonly instructions: string | null
  /** The conversation, already made valid for every provider by `closeHistory`. */
  readonly messages: readonly Message[]
  readonly tools: readonly ModelTool[]
  /** Whether the model is asked to stream. */
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

/** Settings of a model call; what is left out is the provider's choice. */
export interface ModelSettings {
  readonly temperature?: number
  readonly maxOutputTokens?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly stopSequences?: readonly string[]
  readonly seed?: number
  /** Whether and which tool must be called; only sent along with tools. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly toolName: string }
  /** By provider name, as the provider's package documents them. */
  readonly providerOptions?: { readonly [provider: string]: JsonObject }
}

/** Gets what the model says as it says it. Nothing is called after `callModel` has resolved. */
export interface ModelSink {
  text(delta: string): void
  reasoning(delta: string, id: string | undefined): void
  toolCallDelta(toolCallId: string, toolName: string, delta: string): void
  /** An attempt failed and is repeated after `retry.delayMs`. */
  retry(retry: Retry): void
}

/** What a model call runs with. */
export interface ModelCallContext {
  /** Ends the call, even when the model ignores it. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly ids: Ids
  /** Waits between attempts. @default a timer that ends with the signal */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Spreads the delays between attempts. @default Math.random */
  readonly random?: () => number
  /** Ids that the run has used; a call with one of them gets a fresh id. */
  readonly usedToolCallIds: ReadonlySet<string>
}

/** One tool call of an answer; `inputError` says why its arguments cannot be used, null when they can. */
export interface ModelToolCall {
  readonly part: ToolCallPart
  readonly inputError: string | null
}

/** A model's whole answer. */
export interface ModelAnswer {
  readonly message: AssistantMessage
  /** The calls to run, in order; what the provider ran itself is not among them. */
  readonly toolCalls: readonly ModelToolCall[]
  readonly usage: Usage
  readonly finishReason: string
  readonly responseId: string | null
  readonly responseModel: string | null
  /** From the start of the call, retries included; null when not streamed. */
  readonly firstDeltaMs: number | null
  readonly warnings: readonly string[]
}

/** How a model call ended; `error` is redacted, and `AbortError` when the signal ended it. */
export type ModelOutcome =
  | { readonly ok: true; readonly answer: ModelAnswer }
  | {
      readonly ok: false
      readonly error: { readonly name: string; readonly message: string }
      /** What was produced until then, marked as interrupted; null when nothing was. */
      readonly partial: AssistantMessage | null
      readonly usage: Usage
      readonly firstDeltaMs: number | null
    }
