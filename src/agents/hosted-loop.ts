import type { Json, JsonObject } from '../lib/json.ts'
import type { Message } from '../records/message.ts'
import type { Usage } from '../records/usage.ts'

/** What a person can do about a call that waits: have it run, have it run with other arguments, or reject it. */
export type HostedDecisionKind = 'approve' | 'edit' | 'reject'

/**
 * The loop of an agent that another framework runs. Studio advances it in segments: from the start, or from people's
 * decisions, until it ends or needs people. Between segments nothing of the framework has to exist: `state` is all that it gets back.
 *
 * @see docs/decisions/230-a-segment-is-a-turn.md
 */
export interface HostedLoop {
  /** The name of the framework, such as `langgraph`. It stands for the provider of the model where that is unknown. */
  readonly framework: string
  /** What happens to a segment that a crash interrupted: the run fails, or the segment is repeated as a whole. */
  readonly onCrash: 'fail' | 'retry'
  /** Milliseconds until an undecided approval counts as rejected; null for never. */
  readonly approvalExpiresInMs: number | null
  /**
   * Runs one segment. Rejects with whatever the framework throws; the run fails then. It is called again with the same input only
   * where `onCrash` is `retry`.
   */
  advance(segment: HostedSegment): Promise<SegmentOutcome>
}

/** The input of a segment, and where its events go. */
export interface HostedSegment {
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  /** The conversation before the run, then the messages of the run, oldest first. */
  readonly messages: readonly Message[]
  /** What the segment before returned as its state; null at the start of the run. */
  readonly state: string | null
  /** A decision for each call that the segment before left waiting. */
  readonly decisions: readonly SegmentDecision[]
  /** Model calls that the run may make. */
  readonly maxTurns: number
  /** The metadata of the run. */
  readonly metadata: JsonObject | null
  /** Aborts when the run must stop: what the segment does afterwards is dropped. */
  readonly signal: AbortSignal
  emit(event: SegmentEvent): void
}

/** What a person decided about a call, or what became of it without one. */
export interface SegmentDecision {
  /** The id that the framework gave the call. */
  readonly callId: string
  readonly approved: boolean
  /** The arguments that replace those of the model; absent where they stay. */
  readonly input?: Json
  /** What the client returned, for an approved call that asked it for an output. */
  readonly output?: Json
  /** What the model reads about a rejection; null for an approved call. */
  readonly reason: string | null
}

/** What happens in a segment. A call whose tool the framework runs is announced once, and gets one result. */
export type SegmentEvent =
  /** `messageId` tells texts of different model calls apart. */
  | { readonly type: 'text'; readonly delta: string; readonly messageId?: string | undefined }
  | { readonly type: 'reasoning'; readonly delta: string; readonly messageId?: string | undefined }
  | {
      readonly type: 'tool_call'
      readonly callId: string
      readonly toolName: string
      readonly input: Json
    }
  | {
      readonly type: 'tool_result'
      readonly callId: string
      /** A text, or any value that becomes JSON. */
      readonly output: unknown
      readonly isError?: boolean
    }
  /** A model call has ended: its tokens, and the model that answered where the framework says so. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly model?: string | undefined }

/** A call that needs a person. */
export interface PendingCall {
  readonly callId: string
  readonly toolName: string
  readonly input: Json
  /** Explains to people why the call waits; absent without a reason. */
  readonly reason?: string | undefined
  /** @default approve and reject */
  readonly allowed?: readonly HostedDecisionKind[]
  /** True when the call asks people for a value, which the decision carries as its `output`. @default false */
  readonly asksOutput?: boolean
}

/** How a segment ended: with an answer, with calls that wait, or at a limit. */
export type SegmentOutcome =
  | { readonly kind: 'ended'; readonly output: string }
  | {
      readonly kind: 'paused'
      /** All that the next segment needs, as text: at most 4,194,304 characters. Clients never see it. */
      readonly state: string
      readonly pending: readonly PendingCall[]
    }
  /** The framework stopped at its limit of model calls. */
  | { readonly kind: 'max_turns' }
