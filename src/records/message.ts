import { z } from 'zod'
import { jsonSchema } from '../lib/json.ts'

const text = z.object({
  type: z.literal('text'),
  text: z.string(),
  signature: z.string().optional(),
})

const image = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('url'), url: z.string() }),
    z.object({ type: z.literal('base64'), data: z.string(), mediaType: z.string() }),
  ]),
  detail: z.enum(['auto', 'low', 'high']).optional(),
})

const filename = z.string().optional()
const document = z.object({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('url'), url: z.string(), mediaType: z.string(), filename }),
    z.object({ type: z.literal('base64'), data: z.string(), mediaType: z.string(), filename }),
    z.object({
      type: z.literal('text'),
      text: z.string(),
      mediaType: z.string().optional(),
      filename,
    }),
  ]),
})

const reasoningPiece = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), signature: z.string().optional() }),
  z.object({ type: z.literal('summary'), text: z.string() }),
  z.object({ type: z.literal('encrypted'), data: z.string() }),
  z.object({ type: z.literal('redacted'), data: z.string() }),
])

const reasoning = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  id: z.string().optional(),
  content: z.array(reasoningPiece).optional(),
})

const toolCall = z.object({
  type: z.literal('tool_call'),
  id: z.string(),
  callId: z.string().optional(),
  function: z.object({ name: z.string(), arguments: jsonSchema }),
  signature: z.string().optional(),
  additionalParams: jsonSchema.optional(),
})

const toolResultItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), data: z.string(), mediaType: z.string().optional() }),
])

const toolResult = z.object({
  type: z.literal('tool_result'),
  id: z.string(),
  callId: z.string().optional(),
  toolName: z.string().optional(),
  content: z.array(toolResultItem),
  isError: z.boolean().optional(),
})

const metadata = jsonSchema.optional()

/** One message of a conversation (contract runs.md 2.1), checked down to its parts. */
export const messageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string(), metadata }),
  z.object({
    role: z.literal('user'),
    content: z.array(z.discriminatedUnion('type', [text, image, document])),
    metadata,
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.array(z.discriminatedUnion('type', [text, toolCall, reasoning, image])),
    id: z.string().optional(),
    metadata,
  }),
  z.object({ role: z.literal('tool'), content: z.array(toolResult), metadata }),
])

/** One message of a conversation. */
export type Message = z.infer<typeof messageSchema>
/** What a person said. */
export type UserMessage = Extract<Message, { role: 'user' }>
/** What a model answered: text, reasoning, tool calls. */
export type AssistantMessage = Extract<Message, { role: 'assistant' }>
/** What tools answered to an assistant message. */
export type ToolMessage = Extract<Message, { role: 'tool' }>
/** A model's request to run a tool. */
export type ToolCallPart = z.infer<typeof toolCall>
/** What one tool call came to. */
export type ToolResultPart = z.infer<typeof toolResult>
/** A piece of a tool's result. */
export type ToolResultItem = z.infer<typeof toolResultItem>

/** The user message that a bare string stands for. */
export function userMessage(content: string): UserMessage {
  return { role: 'user', content: [{ type: 'text', text: content }] }
}

/** The text parts of a message, joined with newlines; reasoning, files and tool parts contribute nothing. */
export function messageText(message: Message): string {
  if (message.role === 'system') return message.content
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

/** A tool result as text; an image becomes `[image:<media type>]`. */
export function toolResultText(items: readonly ToolResultItem[]): string {
  return items
    .map((item) => (item.type === 'text' ? item.text : `[image:${item.mediaType ?? 'image/png'}]`))
    .join('\n')
}
