import type { RunEvent } from '../../agents/views/events.ts'
import type { AgUiFrame } from './frames.ts'
import {
  addMessage,
  closeMessage,
  closeOpen,
  resultMessageId,
  type Shown,
  type ShownMessage,
  startTurn,
  turnMessageId,
} from './shown.ts'

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** Shows an event that adds to messages; null for any other. `isAnswered` says of which calls the client has the result. */
export function showContent(
  shown: Shown,
  event: RunEvent,
  isAnswered: (toolCallId: string) => boolean,
): readonly AgUiFrame[] | null {
  switch (event.type) {
    case 'text_delta':
      return addText(shown, event)
    case 'reasoning_delta':
      return addReasoning(shown, event.delta)
    case 'tool_call_delta':
      return addCallDelta(shown, event)
    case 'turn_start':
      return startTurn(shown, event.turn, event.attempt)
    case 'tool_call':
      return endCall(shown, event)
    case 'turn_end':
      return closeOpen(shown)
    case 'tool_result':
      return isAnswered(event.toolCallId) ? [] : addResult(shown, event)
    default:
      return null
  }
}

function addText(shown: Shown, { turn, delta }: EventOf<'text_delta'>): AgUiFrame[] {
  const { open } = shown
  if (open?.role === 'assistant') {
    open.content += delta
    return [{ type: 'TEXT_MESSAGE_CONTENT', messageId: open.id, delta }]
  }
  const closed = closeMessage(shown)
  shown.turnId ||= turnMessageId(shown.ownRunId, turn)
  const isFirst = !shown.own.some(({ id }) => id === shown.turnId)
  const messageId = isFirst ? shown.turnId : `${shown.turnId}-${++shown.more}`
  const message: ShownMessage = { id: messageId, role: 'assistant', content: delta }
  const taken = addMessage(shown, message)
  shown.open = message
  return [
    ...closed,
    ...taken,
    { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId, delta },
  ]
}

function addReasoning(shown: Shown, delta: string): AgUiFrame[] {
  const { open } = shown
  if (open?.role === 'reasoning') {
    open.content += delta
    return [{ type: 'REASONING_MESSAGE_CONTENT', messageId: open.id, delta }]
  }
  const closed = closeMessage(shown)
  const messageId = `${shown.streamId}-${shown.own.length}`
  const message: ShownMessage = { id: messageId, role: 'reasoning', content: delta }
  const taken = addMessage(shown, message)
  shown.open = message
  return [
    ...closed,
    ...taken,
    { type: 'REASONING_START', messageId },
    { type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning' },
    { type: 'REASONING_MESSAGE_CONTENT', messageId, delta },
  ]
}

/** Opens a call in the first message of its turn, which may have no text. */
function startCall(shown: Shown, turn: number, id: string, name: string): AgUiFrame[] {
  shown.turnId ||= turnMessageId(shown.ownRunId, turn)
  const closed = closeMessage(shown)
  const found = shown.own.find((message) => message.id === shown.turnId)
  const parent: ShownMessage = found ?? { id: shown.turnId, role: 'assistant' }
  const taken = found ? [] : addMessage(shown, parent)
  parent.toolCalls ??= []
  parent.toolCalls.push({ id, type: 'function', function: { name, arguments: '' } })
  shown.calls.set(id, '')
  return [
    ...closed,
    ...taken,
    {
      type: 'TOOL_CALL_START',
      toolCallId: id,
      toolCallName: name,
      parentMessageId: shown.turnId,
    },
  ]
}

function addCallDelta(shown: Shown, event: EventOf<'tool_call_delta'>): AgUiFrame[] {
  const { turn, toolCallId, toolName, delta } = event
  const started = shown.calls.has(toolCallId) ? [] : startCall(shown, turn, toolCallId, toolName)
  shown.calls.set(toolCallId, (shown.calls.get(toolCallId) ?? '') + delta)
  return [...started, { type: 'TOOL_CALL_ARGS', toolCallId, delta }]
}

/** Ends a call with its whole arguments, which were streamed before or come now. */
function endCall(shown: Shown, { turn, toolCall }: EventOf<'tool_call'>): AgUiFrame[] {
  const { id: toolCallId, function: called } = toolCall
  const delta = JSON.stringify(called.arguments)
  const isStarted = shown.calls.has(toolCallId)
  const started = isStarted ? [] : startCall(shown, turn, toolCallId, called.name)
  const isShown = shown.calls.get(toolCallId) !== ''
  shown.calls.delete(toolCallId)
  const parent = shown.own.find((message) => message.id === shown.turnId)
  const entry = parent?.toolCalls?.find(({ id }) => id === toolCallId)
  if (entry) entry.function.arguments = delta
  const args: AgUiFrame[] = isShown ? [] : [{ type: 'TOOL_CALL_ARGS', toolCallId, delta }]
  return [...started, ...args, { type: 'TOOL_CALL_END', toolCallId }]
}

function addResult(shown: Shown, { toolCallId, result }: EventOf<'tool_result'>): AgUiFrame[] {
  const messageId = resultMessageId(shown.ownRunId, toolCallId)
  const taken = addMessage(shown, { id: messageId, role: 'tool', toolCallId, content: result })
  return [
    ...taken,
    { type: 'TOOL_CALL_RESULT', messageId, toolCallId, content: result, role: 'tool' },
  ]
}
