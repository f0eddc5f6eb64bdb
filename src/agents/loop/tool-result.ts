import { toJson } from '../../lib/json.ts'
import { type ToolMessage, type ToolResultItem, toolResultText } from '../../records/message.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { type Work, workTime } from './run-state.ts'

/** What a call came to: an error text, or the items a tool returned. */
export type CallResult =
  | { readonly text: string; readonly skipped: boolean }
  | { readonly items: readonly ToolResultItem[] }

/** Marks a call as done, in the work and as a row to store. A `text` result is an error the model sees. */
export function concludeCall(work: Work, call: ToolCall, result: CallResult): ToolCall {
  const items: readonly ToolResultItem[] =
    'items' in result ? limitItems(result.items) : [{ type: 'text', text: result.text }]
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

/** Characters of a result that are kept: rows hold it more than once, and every later model call sends it again. */
const longestResult = 1_048_576

/** Cuts a result at the limit, and tells the model so: refusing it would have the model call the tool again. */
function limitItems(items: readonly ToolResultItem[]): ToolResultItem[] {
  let left = longestResult
  return items.map((item) => {
    const content = item.type === 'text' ? item.text : item.data
    left -= content.length
    if (left >= 0) return item
    const kept = item.type === 'text' ? content.slice(0, Math.max(0, content.length + left)) : ''
    const note = `[${content.length - kept.length} characters of this result were left out]`
    return { type: 'text', text: kept + note }
  })
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
