import {
  type AssistantMessage,
  isHostedCall,
  type Message,
  toolResultText,
  type UserMessage,
} from '../../records/message.ts'

type ModelMessage = Readonly<Record<string, unknown>>

/** Converts a conversation to messages as Mastra reads them. Reasoning stays out: only its own provider could read it. */
export function toModelMessages(messages: readonly Message[]): ModelMessage[] {
  return messages.map((message) => {
    const { role } = message
    if (role === 'system') return { role, content: message.content }
    if (role === 'user') return { role, content: message.content.map(toUserPart) }
    if (role === 'assistant') return { role, content: message.content.flatMap(toAnswerPart) }
    return { role, content: message.content.map(toResultPart) }
  })
}

function toUserPart(part: UserMessage['content'][number]): ModelMessage {
  if (part.type === 'text') return { type: 'text', text: part.text }
  const { source } = part
  if (source.type === 'text') {
    const text = source.filename ? `${source.filename}:\n${source.text}` : source.text
    return { type: 'text', text }
  }
  const data = source.type === 'url' ? new URL(source.url) : source.data
  const mediaType = 'mediaType' in source ? source.mediaType : 'image/*'
  const named = 'filename' in source && source.filename ? { filename: source.filename } : {}
  return { type: 'file', data, mediaType, ...named }
}

function toAnswerPart(part: AssistantMessage['content'][number]): ModelMessage[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
  if (part.type !== 'tool_call' || isHostedCall(part)) return []
  const { name: toolName, arguments: input } = part.function
  return [{ type: 'tool-call', toolCallId: part.id, toolName, input }]
}

function toResultPart({
  id,
  toolName = '',
  content,
  isError,
}: Extract<Message, { role: 'tool' }>['content'][number]): ModelMessage {
  const output = { type: isError ? 'error-text' : 'text', value: toolResultText(content) }
  return { type: 'tool-result', toolCallId: id, toolName, output }
}
