import { z } from 'zod'
import { dataUrl } from '../../lib/files/file-url.ts'
import { type Message, messageSchema } from '../../records/message.ts'
import { refusal, toParam } from './api-errors.ts'

type UserPart = Extract<Message, { role: 'user' }>['content'][number]

const detail = z.enum(['auto', 'low', 'high']).optional().catch(undefined)

/** One part of a message, in the words of Responses or of Chat Completions. */
const inputPart = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
  z.object({ type: z.literal('input_image'), image_url: z.string(), detail }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string(), detail }) }),
  z.object({
    type: z.literal('input_file'),
    file_data: z.string().optional(),
    file_url: z.string().optional(),
    filename: z.string().optional(),
  }),
  z.object({
    type: z.literal('file'),
    file: z.object({ file_data: z.string(), filename: z.string().optional() }),
  }),
])

/** The content of a message: a text, or parts. */
export const inputContent = z.union([z.string(), z.array(inputPart)])

export type InputContent = z.infer<typeof inputContent>
type InputPart = z.infer<typeof inputPart>

/** Joins the texts of a content. */
export function inputText(content: InputContent): string {
  if (typeof content === 'string') return content
  return content.map((part) => ('text' in part ? part.text : '')).join('\n')
}

/**
 * Makes the message of a user.
 *
 * @param path Where the request has the message.
 * @throws StudioError `bad_request` for a file that is neither in the request nor at an address.
 */
export function toUserMessage(content: InputContent, path: readonly PropertyKey[]): Message {
  const parts: InputPart[] =
    typeof content === 'string' ? [{ type: 'input_text', text: content }] : content
  return checkMessage(
    {
      role: 'user',
      content: parts.map((part, index) => toUserPart(part, [...path, 'content', index])),
    },
    path,
  )
}

function toUserPart(part: InputPart, path: readonly PropertyKey[]): UserPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: part.text }
    case 'refusal':
      return { type: 'text', text: part.refusal }
    case 'input_image':
      return toImage(part.image_url, part.detail)
    case 'image_url':
      return toImage(part.image_url.url, part.image_url.detail)
    case 'input_file':
      return toDocument(part, [...path, 'file_data'])
    case 'file':
      return toDocument(part.file, [...path, 'file', 'file_data'])
  }
}

function toImage(url: string, detail: 'auto' | 'low' | 'high' | undefined): UserPart {
  const file = dataUrl(url)
  return {
    type: 'image',
    source: file ? { type: 'base64', ...file } : { type: 'url', url },
    ...(detail ? { detail } : {}),
  }
}

function toDocument(
  file: {
    file_data?: string | undefined
    file_url?: string | undefined
    filename?: string | undefined
  },
  path: readonly PropertyKey[],
): UserPart {
  const { file_data: data, file_url: url } = file
  const name = file.filename === undefined ? {} : { filename: file.filename }
  if (url !== undefined) {
    const mediaType = /\.pdf($|[?#])/i.test(url) ? 'application/pdf' : 'application/*'
    return { type: 'document', source: { type: 'url', url, mediaType, ...name } }
  }
  const read = data === undefined ? null : dataUrl(data)
  if (read) return { type: 'document', source: { type: 'base64', ...read, ...name } }
  throw refusal('bad_request', 'A file must come as a data: URL in base64, or by its address.', {
    param: toParam(path),
  })
}

/** Checks a message that was made from the input. @throws StudioError `bad_request`. */
export function checkMessage(message: Message, path: readonly PropertyKey[]): Message {
  const result = messageSchema.safeParse(message)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => issue.message).join('; ')
  throw refusal('bad_request', `Invalid content: ${faults}.`, { param: toParam(path) })
}
