import {
  type AssistantMessage,
  isHostedCall,
  type Message,
  toolResultText,
  type UserMessage,
} from '../../records/message.ts'
import { toFileUrl } from '../shared/data-url.ts'

type ChatMessage = Readonly<Record<string, unknown>>

/** Converts a conversation to messages as LangChain reads them. Reasoning stays out: only its own provider could read it. */
export function toChatMessages(messages: readonly Message[]): ChatMessage[] {
  return messages.flatMap((message): ChatMessage[] => {
    if (message.role === 'system') return [{ role: 'system', content: message.content }]
    if (message.role === 'user') {
      return [{ role: 'user', content: message.content.map(toContentBlock) }]
    }
    if (message.role === 'assistant') return [toAnswer(message)]
    return message.content.map(({ id, toolName = '', content, isError }) => ({
      role: 'tool',
      tool_call_id: id,
      name: toolName,
      content: toolResultText(content),
      status: isError ? 'error' : 'success',
    }))
  })
}

function toContentBlock(part: UserMessage['content'][number]): ChatMessage {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'image') {
    const { detail } = part
    const url = toFileUrl(part.source)
    return { type: 'image_url', image_url: detail ? { url, detail } : { url } }
  }
  const { source } = part
  if (source.type === 'text') {
    const text = source.filename ? `${source.filename}:\n${source.text}` : source.text
    return { type: 'text', text }
  }
  const { mediaType: mimeType, filename } = source
  const content = source.type === 'url' ? { url: source.url } : { data: source.data }
  return { type: 'file', mimeType, ...content, ...(filename ? { metadata: { filename } } : {}) }
}

function toAnswer({ content }: AssistantMessage): ChatMessage {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const calls = content.flatMap((part) => {
    if (part.type !== 'tool_call' || isHostedCall(part)) return []
    const { name, arguments: args } = part.function
    return [{ type: 'tool_call', id: part.id, name, args }]
  })
  return { role: 'assistant', content: text, ...(calls.length > 0 ? { tool_calls: calls } : {}) }
}
