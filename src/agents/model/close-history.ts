import type { Json, JsonObject } from '../../lib/json.ts'
import type { AssistantMessage, Message, ToolMessage } from '../../records/message.ts'

const noAnswer: AssistantMessage = {
  role: 'assistant',
  content: [{ type: 'text', text: 'The previous message got no answer.' }],
}

/** Was this the message of a model call that did not come to its end? `callModel` marks it so in its metadata. */
export function isInterrupted(message: AssistantMessage): boolean {
  return member(member(message.metadata, 'studio'), 'interrupted') === true
}

/**
 * Makes a stored conversation one that every provider accepts: each tool call has its result right behind it, results
 * without a call are left out, an interrupted answer keeps its text alone, and two user messages have an answer between
 * them. System messages stay.
 *
 * @returns The same array when there is nothing to do.
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
    const kept = message.role === 'assistant' ? toSendable(message) : message
    if (kept === null) continue
    closed.push(kept)
    if (kept.role !== 'system') speaker = kept.role
    if (kept.role === 'assistant') collectCalls(kept, waiting)
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

/** The results that answer a waiting call, each once; null when there are none. */
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
 * Null for an answer that says nothing. Of an interrupted one only text is safe to send: its calls never ran, and
 * providers refuse unfinished reasoning and references to items they did not keep.
 */
function toSendable(message: AssistantMessage): AssistantMessage | null {
  if (!isInterrupted(message)) return message.content.some(saysSomething) ? message : null
  const content = message.content.flatMap((part) =>
    part.type === 'text' && part.text.trim() !== '' ? [{ type: part.type, text: part.text }] : [],
  )
  return content.length > 0 ? { role: 'assistant', content } : null
}

function saysSomething(part: AssistantMessage['content'][number]): boolean {
  return part.type === 'text' ? part.text !== '' : part.type !== 'reasoning'
}

function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined
}
