import {
  type AssistantMessage,
  isHostedCall,
  messageText,
  toolResultText,
  type UserMessage,
} from '../../records/message.ts'
import type { SessionMessage } from '../../storage/store.ts'
import type { AgUiShown } from './frames.ts'
import { resultMessageId, turnMessageId } from './shown.ts'

/** Shows a stored message as AG-UI writes it, with the ids that its stream had. */
export function toShownMessages({
  runId,
  turn,
  message,
}: Pick<SessionMessage, 'runId' | 'turn' | 'message'>): AgUiShown[] {
  switch (message.role) {
    case 'system':
      return [{ id: `${runId}-system`, role: 'system', content: message.content }]
    case 'user':
      return [{ id: `${runId}-user`, role: 'user', content: toUserContent(message) }]
    case 'assistant':
      return toAssistant(message, turnMessageId(runId, turn))
    case 'tool':
      return message.content.map(({ id, content }) => ({
        id: resultMessageId(runId, id),
        role: 'tool',
        toolCallId: id,
        content: toolResultText(content),
      }))
  }
}

function toAssistant(message: AssistantMessage, id: string): AgUiShown[] {
  const reasoning = message.content.flatMap((part) =>
    part.type === 'reasoning' ? [part.text] : [],
  )
  const toolCalls = message.content.flatMap((part) => {
    if (part.type !== 'tool_call' || isHostedCall(part)) return []
    const { name, arguments: args } = part.function
    const called = { name, arguments: JSON.stringify(args) }
    return [{ id: part.id, type: 'function', function: called }]
  })
  const thought = { id: `${id}-reasoning`, role: 'reasoning', content: reasoning.join('') }
  const said = { id, role: 'assistant', content: messageText(message) }
  return [
    ...(reasoning.length > 0 ? [thought] : []),
    toolCalls.length > 0 ? { ...said, toolCalls } : said,
  ]
}

/** Texts alone are one text, which every client shows. */
function toUserContent({ content }: UserMessage) {
  if (content.every(({ type }) => type === 'text')) {
    return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  }
  return content.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text }
    const { type, source } = part
    if (source.type === 'text') return { type: 'text', text: source.text }
    const media = 'mediaType' in source && source.mediaType ? { mimeType: source.mediaType } : {}
    return source.type === 'url'
      ? { type, source: { type: 'url', value: source.url, ...media } }
      : { type, source: { type: 'data', value: source.data, ...media } }
  })
}
