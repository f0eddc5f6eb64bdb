import {
  type AssistantMessage,
  isHostedCall,
  type Message,
  type ToolMessage,
} from '../../records/message.ts'
import { isFrom, isInterrupted, readRefused } from './generation.ts'
import { readSignature } from './provider-metadata.ts'
import { toSendableIds } from './sendable-ids.ts'

export { isInterrupted }

const noAnswer: AssistantMessage = {
  role: 'assistant',
  content: [{ type: 'text', text: 'The previous message got no answer.' }],
}

/**
 * Changes a stored conversation so that every provider accepts it: each tool call is followed by its result, results
 * without a call are dropped, an interrupted answer keeps only its text, an answer separates two user messages, ids of calls
 * are unique, blank messages are dropped, and so is what a provider refused. System messages stay.
 *
 * @param provider The provider that gets the conversation. It alone gets back the calls that it ran itself and ids in its
 *   own format; null stands for the provider of every message.
 * @returns the same array when nothing has to change.
 *
 * @see docs/decisions/021-interrupted-answers.md
 */
export function closeHistory(
  messages: readonly Message[],
  provider: string | null = null,
): readonly Message[] {
  const closed: Message[] = []
  const waiting = new Map<string, string>()
  let speaker: Message['role'] | null = null
  for (const message of toSendableIds(withoutRefused(messages), provider)) {
    if (message.role === 'tool') {
      const answers = takeAnswers(message, waiting)
      if (answers) closed.push(answers)
      continue
    }
    if (waiting.size > 0) closed.push(interruptedResults(waiting))
    if (message.role === 'user' && speaker === 'user') closed.push(noAnswer)
    const sendable = toSendable(message, provider)
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

/**
 * Leaves out what a provider refused, because it would refuse every later conversation with it too. Of calls that had run
 * by then, the model reads that they were made.
 */
function withoutRefused(messages: readonly Message[]): readonly Message[] {
  const kept: Message[] = []
  for (const message of messages) {
    const refused = message.role === 'assistant' ? readRefused(message) : 0
    if (refused === 0) kept.push(message)
    else kept.push(...kept.splice(Math.max(0, kept.length - refused)).flatMap(toNote))
  }
  return kept
}

function toNote(message: Message): Message[] {
  if (message.role !== 'assistant') return []
  const names = message.content.flatMap((part) =>
    part.type === 'tool_call' ? [part.function.name] : [],
  )
  const note = `[Calls of these tools and their results are left out, because they could not be sent: ${names.join(', ')}]`
  const text = { type: 'text', text: note } as const
  return names.length > 0 ? [{ role: 'assistant', content: [...plainTexts(message), text] }] : []
}

function collectCalls(message: AssistantMessage, waiting: Map<string, string>): void {
  for (const part of message.content) {
    if (part.type === 'tool_call' && !isHostedCall(part)) waiting.set(part.id, part.function.name)
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
 * Returns null for an empty message. Only the text of an interrupted answer is safe to send: its calls never ran, and
 * providers refuse unfinished reasoning and references to items that they did not store.
 */
function toSendable(message: Exclude<Message, ToolMessage>, provider: string | null) {
  if (message.role === 'system') return message.content.trim() === '' ? null : message
  if (message.role === 'user') return message
  if (isInterrupted(message)) {
    const content = plainTexts(message)
    return content.length > 0 ? { role: message.role, content } : null
  }
  const isForeign = provider !== null && !isFrom(message, provider)
  const content = isForeign
    ? message.content.filter((part) => part.type !== 'tool_call' || !isHostedCall(part))
    : message.content
  if (!content.some(hasContent)) return null
  return content.length === message.content.length ? message : { ...message, content }
}

function plainTexts({ content }: AssistantMessage) {
  return content.flatMap((part) =>
    part.type === 'text' && part.text.trim() !== '' ? [{ type: part.type, text: part.text }] : [],
  )
}

function hasContent(part: AssistantMessage['content'][number]): boolean {
  if (part.type !== 'text') return part.type !== 'reasoning'
  return part.text.trim() !== '' || readSignature(part.signature).providerOptions !== undefined
}
