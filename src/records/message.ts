import { z } from 'zod'
import { isBase64 } from '../lib/files/base64.ts'
import { fileUrlFault } from '../lib/files/file-url.ts'
import { isRecord, jsonSchema } from '../lib/json.ts'

const fileUrl = z.string().superRefine((url, { addIssue }) => {
  const message = fileUrlFault(url)
  if (message !== null) addIssue({ code: 'custom', message })
})
const fileData = z.string().refine(isBase64, 'must be base64')
const mediaType = z.string().regex(/^[\w.+*-]+\/[\w.+*-]+$/, 'must be a media type')
const imageType = z.string().regex(/^image\/[\w.+*-]+$/, 'must be the media type of an image')

const text = z.object({
  type: z.literal('text'),
  text: z.string(),
  signature: z.string().optional(),
})

const image = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('url'), url: fileUrl }),
    z.object({ type: z.literal('base64'), data: fileData, mediaType: imageType }),
  ]),
  detail: z.enum(['auto', 'low', 'high']).optional(),
})

const filename = z.string().optional()
const document = z.object({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('url'), url: fileUrl, mediaType, filename }),
    z.object({ type: z.literal('base64'), data: fileData, mediaType, filename }),
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

/** Validates the part by which a model requests to run a tool. */
export const toolCallPart = z.object({
  type: z.literal('tool_call'),
  id: z.string(),
  callId: z.string().optional(),
  function: z.object({ name: z.string(), arguments: jsonSchema }),
  signature: z.string().optional(),
  additionalParams: jsonSchema.optional(),
})

const toolResultItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), data: fileData, mediaType: imageType.optional() }),
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

/** Validates a message that a model wrote. */
export const assistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.array(z.discriminatedUnion('type', [text, toolCallPart, reasoning, image])),
  id: z.string().optional(),
  metadata,
})

/** Validates one message of a conversation and all its parts (docs/contracts/runs.md, 2.1). */
export const messageSchema = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('system'), content: z.string(), metadata }),
    z.object({
      role: z.literal('user'),
      content: z.array(z.discriminatedUnion('type', [text, image, document])),
      metadata,
    }),
    assistantMessage,
    z.object({ role: z.literal('tool'), content: z.array(toolResult), metadata }),
  ])
  .meta({ id: 'Message' })

/** One message of a conversation. */
export type Message = z.infer<typeof messageSchema>
/** A message that a user sent to the model. */
export type UserMessage = Extract<Message, { role: 'user' }>
/** A message that a model wrote: text, reasoning, tool calls. */
export type AssistantMessage = Extract<Message, { role: 'assistant' }>
/** The results of the tool calls of one assistant message. */
export type ToolMessage = Extract<Message, { role: 'tool' }>
/** The part by which a model requests to run a tool. */
export type ToolCallPart = z.infer<typeof toolCallPart>
/** The result of one tool call. */
export type ToolResultPart = z.infer<typeof toolResult>
/** One text or image of a tool's result. */
export type ToolResultItem = z.infer<typeof toolResultItem>

/** Is this a call of a tool that the provider ran itself? Its result, if any, is in `additionalParams` too. */
export function isHostedCall({ additionalParams }: ToolCallPart): boolean {
  return isRecord(additionalParams) && additionalParams.providerExecuted === true
}

/** Returns a user message with one text part. */
export function userMessage(content: string): UserMessage {
  return { role: 'user', content: [{ type: 'text', text: content }] }
}

/** Returns the text parts of a message, joined with newlines. Reasoning, files and tool parts are ignored. */
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
