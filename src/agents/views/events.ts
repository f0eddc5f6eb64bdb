import type { Json, JsonObject } from '../../lib/json.ts'
import type { Message, ToolCallPart } from '../../records/message.ts'
import type { RunError } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'
import type { WireApproval } from './resources.ts'

/** One event of a run's stream (docs/contracts/runs.md, D.3). On the wire every event also has a `seq`. */
export type RunEvent =
  /** `attempt` appears from the second attempt on, after another process took the unfinished turn over. The turn's earlier output is void. */
  | {
      type: 'turn_start'
      turn: number
      attempt?: number
      prompt?: Message
      history?: readonly Message[]
    }
  | { type: 'generation_start'; turn: number; request: JsonObject; modelInfo: JsonObject }
  | { type: 'text_delta'; turn: number; delta: string }
  | { type: 'reasoning_delta'; turn: number; delta: string; id?: string }
  | { type: 'tool_call_delta'; turn: number; toolCallId: string; toolName: string; delta: string }
  | { type: 'tool_call'; turn: number; toolCall: ToolCallPart }
  | {
      type: 'tool_result'
      turn: number
      toolCallId: string
      internalCallId: string
      toolName: string
      result: string
      structuredResult?: Json
      isError?: true
    }
  /** A value that an async generator yielded before its result. */
  | { type: 'tool_progress'; turn: number; toolCallId: string; toolName: string; progress: Json }
  | { type: 'tool_approval_request'; approval: WireApproval }
  | { type: 'tool_approval_result'; approval: WireApproval }
  | {
      type: 'turn_end'
      turn: number
      usage: Usage
      finishReason: string
      firstDeltaMs?: number
      response?: JsonObject
    }
  | {
      type: 'final'
      runId: string
      output: string
      messages: readonly Message[]
      usage: Usage
      finishReason?: string
      trace?: { traceId: string }
    }
  | { type: 'error'; runId: string; error: RunError; usage: Usage; finishReason?: string }
  | { type: 'cancelled'; runId: string; reason?: string; usage: Usage }

const terminalTypes: ReadonlySet<string> = new Set(['final', 'error', 'cancelled'])

/** Is this the type of a run's last event? */
export function isTerminal(type: string): boolean {
  return terminalTypes.has(type)
}

/** Encodes an event without its closing brace: the log appends `,"seq":<number>}`. `type` comes first. */
export function toOpenJson(event: RunEvent): string {
  return JSON.stringify(event).slice(0, -1)
}
