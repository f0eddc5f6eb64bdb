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

/** One message of a conversation, checked down to its parts. */
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
/** A message of a person, with text, images and documents. */
export type UserMessage = Extract<Message, { role: 'user' }>
/** The answer of a model: text, reasoning, tool calls and images. */
export type AssistantMessage = Extract<Message, { role: 'assistant' }>
/** The results of the tool calls of an assistant message. */
export type ToolMessage = Extract<Message, { role: 'tool' }>
/** A model's request to run a tool. */
export type ToolCallPart = z.infer<typeof toolCall>
/** The result of one tool call, successful or not. */
export type ToolResultPart = z.infer<typeof toolResult>
/** One piece of a tool's result: a text or an image. */
export type ToolResultItem = z.infer<typeof toolResultItem>

/** Returns the user message that a plain string stands for. */
export function userMessage(content: string): UserMessage {
  return { role: 'user', content: [{ type: 'text', text: content }] }
}

/** Joins the text parts of a message with newlines. Reasoning, files and tool parts are left out. */
export function messageText(message: Message): string {
  if (message.role === 'system') return message.content
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

/** Returns a tool result as text. An image becomes `[image:<media type>]`. */
export function toolResultText(items: readonly ToolResultItem[]): string {
  return items
    .map((item) => (item.type === 'text' ? item.text : `[image:${item.mediaType ?? 'image/png'}]`))
    .join('\n')
}
