import { toJson } from '../lib/json.ts'
import { type ToolMessage, type ToolResultItem, toolResultText } from '../records/message.ts'
import type { ToolCall } from '../records/run.ts'
import type { RunEvent } from './events.ts'
import { type Work, workTime } from './work.ts'

/** What a call came to: an error text, or the items a tool returned. */
export type CallResult =
  | { readonly text: string; readonly skipped: boolean }
  | { readonly items: readonly ToolResultItem[] }

/** Marks a call as done, in the work and as a row to store. A `text` result is an error the model sees. */
export function concludeCall(work: Work, call: ToolCall, result: CallResult): ToolCall {
  const items: readonly ToolResultItem[] =
    'items' in result ? result.items : [{ type: 'text', text: result.text }]
  const done: ToolCall = {
    ...call,
    state: 'done',
    endedAt: workTime(work),
    result: items,
    isError: !('items' in result),
    skipped: 'skipped' in result && result.skipped,
  }
  work.toolCalls.set(call.toolCallId, done)
  return done
}

/** The `tool_result` line of a finished call. */
export function resultEvent(call: ToolCall): RunEvent {
  const items = call.result ?? []
  return {
    type: 'tool_result',
    turn: call.turn,
    toolCallId: call.toolCallId,
    internalCallId: call.internalCallId,
    toolName: call.toolName,
    result: toolResultText(items),
    ...(items.some(({ type }) => type !== 'text') ? { structuredResult: toJson(items) } : {}),
    ...(call.isError ? { isError: true } : {}),
  }
}

/** The message that answers an assistant's tool calls: results in call order. */
export function toToolMessage(calls: readonly ToolCall[]): ToolMessage {
  return {
    role: 'tool',
    content: calls.map((call) => ({
      type: 'tool_result',
      id: call.toolCallId,
      toolName: call.toolName,
      content: [...(call.result ?? [])],
      ...(call.isError ? { isError: true } : {}),
    })),
  }
}
