import { canonicalJson } from '../../lib/checksum.ts'
import { type Json, toJson } from '../../lib/json.ts'
import { toPublicError } from '../../lib/redact.ts'
import { toWellFormed, truncateText } from '../../lib/text.ts'
import { toWholeJson } from '../../lib/tools/whole-json.ts'
import { type ToolMessage, type ToolResultItem, toolResultText } from '../../records/message.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { type RunState, turnCalls } from './run-state.ts'

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
export function truncateItems(items: readonly ToolResultItem[]): ToolResultItem[] {
  let left = maxResultLength
  return items.map((item) => {
    const content = item.type === 'text' ? item.text : item.data
    left -= content.length
    if (left >= 0) return item.type === 'text' ? { ...item, text: toWellFormed(item.text) } : item
    const kept = item.type === 'text' ? truncateText(content, content.length + left) : ''
    const note = `[${content.length - kept.length} characters of this result were left out]`
    return { type: 'text', text: toWellFormed(kept) + note }
  })
}

/** In characters. Progress is for people who watch, so it may be cut. */
const maxProgressLength = 65_536

/** Returns a value that a tool yielded before its result, as JSON: cut to a text if it is long or cannot be encoded. */
export function toProgress(value: unknown): Json {
  try {
    const text = typeof value === 'string' ? value : toWholeJson(value ?? null)
    if (text.length > maxProgressLength) return truncateText(text, maxProgressLength)
    return typeof value === 'string' ? text : (JSON.parse(text) as Json)
  } catch (error) {
    return toPublicError(error).message
  }
}

/** Returns the `tool_result` event of a finished call. */
export function resultEvent(call: ToolCall): RunEvent {
  const items = call.result ?? []
  return {
    type: 'tool_result',
    turn: call.turn,
    toolCallId: call.toolCallId,
    callId: call.toolCallId,
    internalCallId: call.internalCallId,
    toolName: call.toolName,
    args: JSON.stringify(call.input),
    result: toolResultText(items),
    ...(items.some(({ type }) => type !== 'text') ? { structuredResult: toJson(items) } : {}),
    ...(call.isError ? { isError: true } : {}),
  }
}

/**
 * Returns the message that follows an assistant's tool calls: their results, in call order. A call that a person changed
 * says so, because the model's own message keeps the arguments that the model chose.
 *
 * @see docs/decisions/101-the-model-learns-of-an-edit.md
 */
export function toToolMessage(
  state: Pick<RunState, 'messages' | 'toolCalls' | 'turn'>,
): ToolMessage {
  const asked = askedArguments(state)
  return {
    role: 'tool',
    content: turnCalls(state)
      .filter(({ toolCallId }) => asked.has(toolCallId))
      .map((call) => ({
        type: 'tool_result',
        id: call.toolCallId,
        toolName: call.toolName,
        content: [...editNote(call, asked), ...(call.result ?? [])],
        ...(call.isError ? { isError: true } : {}),
      })),
  }
}

/** Returns the arguments that the model chose in the last message, by tool call, as canonical JSON. */
function askedArguments({ messages }: Pick<RunState, 'messages'>) {
  const asked = new Map<string, string>()
  const last = messages.at(-1)?.message
  for (const part of last?.role === 'assistant' ? last.content : []) {
    if (part.type === 'tool_call') asked.set(part.id, canonicalJson(part.function.arguments))
  }
  return asked
}

function editNote(call: ToolCall, asked: ReadonlyMap<string, string>): ToolResultItem[] {
  const original = asked.get(call.toolCallId)
  const isEdited = original !== undefined && original !== canonicalJson(call.input)
  if (!isEdited || call.approvalId === null || call.skipped) return []
  const text = `A person changed the arguments of this call. It ran with ${JSON.stringify(call.input)}`
  return [{ type: 'text', text }]
}
