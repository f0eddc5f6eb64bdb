import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import type { Json } from '../../lib/json.ts'
import type { UserMessage } from '../../records/message.ts'

const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('data'), value: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal('url'), value: z.string(), mimeType: z.string().nullish() }),
])

const contentPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), source }),
  z.object({ type: z.literal('document'), source }),
])

const contentSchema = z.union([
  z.string().transform((text) => [{ type: 'text' as const, text }]),
  z.array(contentPart).min(1),
])

type Content = UserMessage['content']

/** Reads the content of a user's message. @throws StudioError `bad_request` for parts that no model gets here, such as audio. */
export function toPromptContent(content: Json | undefined, path: string): Content {
  const parsed = Array.isArray(content)
    ? z.array(contentPart).min(1).safeParse(content)
    : contentSchema.safeParse(content)
  if (!parsed.success) {
    throw badRequest(
      'Invalid request body: content',
      parsed.error.issues.map((issue) => ({
        path: [path, ...issue.path].join('.'),
        message: issue.message,
      })),
    )
  }
  return parsed.data.map((part): Content[number] => {
    if (part.type === 'text') return part
    const { value, mimeType } = part.source
    if (part.type === 'image') {
      const image =
        part.source.type === 'url'
          ? ({ type: 'url', url: value } as const)
          : ({ type: 'base64', data: value, mediaType: part.source.mimeType } as const)
      return { type: 'image', source: image }
    }
    const mediaType = mimeType ?? 'application/octet-stream'
    return part.source.type === 'url'
      ? { type: 'document', source: { type: 'url', url: value, mediaType } }
      : { type: 'document', source: { type: 'base64', data: value, mediaType } }
  })
}

/** Returns the text of a tool's result, of which other parts are left out. */
export function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return content === undefined ? '' : JSON.stringify(content)
  const parts: readonly Json[] = content
  return parts
    .flatMap((part) => {
      const parsed = z.object({ type: z.literal('text'), text: z.string() }).safeParse(part)
      return parsed.success ? [parsed.data.text] : []
    })
    .join('')
}
