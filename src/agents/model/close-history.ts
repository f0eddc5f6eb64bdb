import type { Json, JsonObject } from '../../lib/json.ts'
import type { AssistantMessage, Message, ToolMessage } from '../../records/message.ts'

const noAnswer: AssistantMessage = {
  role: 'assistant',
  content: [{ type: 'text', text: 'The previous message got no answer.' }],
}

/** Does this message come from a model call that ended early? `callModel` marks it in the metadata. */
export function isInterrupted(message: AssistantMessage): boolean {
  return member(member(message.metadata, 'studio'), 'interrupted') === true
}

/**
 * Changes a stored conversation so that every provider accepts it: each tool call is followed by its result, results
 * without a call are dropped, an interrupted answer keeps only its text, and an answer separates two user messages. System
 * messages stay.
 *
 * @returns the same array when nothing has to change.
 *
 * @see docs/decisions/021-interrupted-answers.md
 */
export function closeHistory(messages: readonly Message[]): readonly Message[] {
  const closed: Message[] = []
  const waiting = new Map<string, string>()
  let speaker: Message['role'] | null = null
  for (const message of messages) {
    if (message.role === 'tool') {
      const answers = takeAnswers(message, waiting)
      if (answers) closed.push(answers)
      continue
    }
    if (waiting.size > 0) closed.push(interruptedResults(waiting))
    if (message.role === 'user' && speaker === 'user') closed.push(noAnswer)
    const sendable = message.role === 'assistant' ? toSendable(message) : message
    if (sendable === null) continue
    closed.push(sendable)
    if (sendable.role !== 'system') speaker = sendable.role
    if (sendable.role === 'assistant') collectCalls(sendable, waiting)
  }
  if (waiting.size > 0) closed.push(interruptedResults(waiting))
  const isSame =
    closed.length === messages.length && closed.every((message, at) => message === messages[at])
  return isSame ? messages : closed
}

function collectCalls(message: AssistantMessage, waiting: Map<string, string>): void {
  for (const part of message.content) {
    if (part.type === 'tool_call') waiting.set(part.id, part.function.name)
  }
}

/** Returns the message with only the first result for each waiting call; null when it has none. */
function takeAnswers(message: ToolMessage, waiting: Map<string, string>): ToolMessage | null {
  const content = message.content.filter((part) => waiting.delete(part.id))
  if (content.length === message.content.length && content.length > 0) return message
  return content.length > 0 ? { ...message, content } : null
}

function interruptedResults(waiting: Map<string, string>): ToolMessage {
  const content = Array.from(waiting, ([id, toolName]) => ({
    type: 'tool_result' as const,
    id,
    toolName,
    content: [{ type: 'text' as const, text: 'The call was interrupted; its outcome is unknown.' }],
    isError: true,
  }))
  waiting.clear()
  return { role: 'tool', content }
}

/**
 * Returns null for an empty answer. Only the text of an interrupted answer is safe to send: its calls never ran, and
 * providers refuse unfinished reasoning and references to items that they did not store.
 */
function toSendable(message: AssistantMessage): AssistantMessage | null {
  if (!isInterrupted(message)) return message.content.some(hasContent) ? message : null
  const content = message.content.flatMap((part) =>
    part.type === 'text' && part.text.trim() !== '' ? [{ type: part.type, text: part.text }] : [],
  )
  return content.length > 0 ? { role: 'assistant', content } : null
}

function hasContent(part: AssistantMessage['content'][number]): boolean {
  return part.type === 'text' ? part.text !== '' : part.type !== 'reasoning'
}

function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined
}
