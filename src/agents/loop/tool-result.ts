import { toJson } from '../../lib/json.ts'
import { cutText, toWellFormed } from '../../lib/text.ts'
import { type ToolMessage, type ToolResultItem, toolResultText } from '../../records/message.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import type { RunState } from './run-state.ts'

/**
 * The outcome of a call: the text of an error, or the items that a tool returned.
 *
 * @see docs/decisions/042-long-results-are-cut.md
 */
export type CallResult =
  | { readonly text: string; readonly skipped: boolean }
  | { readonly items: readonly ToolResultItem[] }

/** Marks a call as done in the run's state, and returns its row to store. The model sees a `text` result as an error. */
export function concludeCall(
  { toolCalls, storeTime }: Pick<RunState, 'toolCalls' | 'storeTime'>,
  call: ToolCall,
  result: CallResult,
): ToolCall {
  const items: readonly ToolResultItem[] =
    'items' in result
      ? truncateItems(result.items)
      : [{ type: 'text', text: toWellFormed(result.text) }]
  const done: ToolCall = {
    ...call,
    state: 'done',
    endedAt: storeTime(),
    result: items,
    isError: !('items' in result),
    skipped: 'skipped' in result && result.skipped,
  }
  toolCalls.set(call.toolCallId, done)
  return done
}

/** In characters. Rows hold a result more than once, and every later model call sends it again. */
const maxResultLength = 1_048_576

/** Truncates an oversized result and says so in the text. Failing instead would make the model repeat the call. */
function truncateItems(items: readonly ToolResultItem[]): ToolResultItem[] {
  let left = maxResultLength
  return items.map((item) => {
    const content = item.type === 'text' ? item.text : item.data
    left -= content.length
    if (left >= 0) return item.type === 'text' ? { ...item, text: toWellFormed(item.text) } : item
    const kept = item.type === 'text' ? cutText(content, Math.max(0, content.length + left)) : ''
    const note = `[${content.length - kept.length} characters of this result were left out]`
    return { type: 'text', text: toWellFormed(kept) + note }
  })
}

/** Returns the `tool_result` event of a finished call. */
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

/** Returns the message that follows an assistant's tool calls: their results, in call order. */
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
