import {
  type AssistantMessage,
  isHostedCall,
  type Message,
  type ToolMessage,
  toolResultText,
  type UserMessage,
} from '../../records/message.ts'
import { toFileUrl } from '../shared/data-url.ts'

type Item = Readonly<Record<string, unknown>>

/** Converts a conversation to the input items of OpenAI Agents. Reasoning stays out: only its own provider could read it. */
export function toInputItems(messages: readonly Message[]): Item[] {
  return messages.flatMap((message): Item[] => {
    if (message.role === 'system') return [{ role: 'system', content: message.content }]
    if (message.role === 'user') return [toUserItem(message)]
    return message.role === 'assistant' ? toAnswerItems(message) : toResultItems(message)
  })
}

function toUserItem({ content }: UserMessage): Item {
  return { role: 'user', content: content.map(toUserPart) }
}

function toUserPart(part: UserMessage['content'][number]): Item {
  if (part.type === 'text') return { type: 'input_text', text: part.text }
  if (part.type === 'image') {
    const { detail } = part
    return { type: 'input_image', image: toFileUrl(part.source), ...(detail ? { detail } : {}) }
  }
  const { source } = part
  if (source.type === 'text') {
    const text = source.filename ? `${source.filename}:\n${source.text}` : source.text
    return { type: 'input_text', text }
  }
  const named = source.filename === undefined ? {} : { filename: source.filename }
  const file = source.type === 'url' ? { url: source.url } : toFileUrl(source)
  return { type: 'input_file', file, ...named }
}

/** Texts before and after calls become messages of their own, in order. */
function toAnswerItems({ content }: AssistantMessage): Item[] {
  return content.flatMap((part): Item[] => {
    if (part.type === 'text' && part.text !== '') {
      const text = { type: 'output_text', text: part.text }
      return [{ type: 'message', role: 'assistant', status: 'completed', content: [text] }]
    }
    if (part.type !== 'tool_call' || isHostedCall(part)) return []
    const { name, arguments: input } = part.function
    const call = { callId: part.id, name, arguments: JSON.stringify(input) }
    return [{ type: 'function_call', status: 'completed', ...call }]
  })
}

function toResultItems({ content }: ToolMessage): Item[] {
  return content.map(({ id, toolName = '', content: items }) => {
    const output = { type: 'text', text: toolResultText(items) }
    return { type: 'function_call_result', status: 'completed', callId: id, name: toolName, output }
  })
}
