import { badRequest } from '../../errors.ts'
import { dataUrl } from '../../lib/files/file-url.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { messageSchema, type UserMessage } from '../../records/message.ts'
import type { ClientMessage, TargetMessage } from './chat-request.ts'

type ClientPart = ClientMessage['parts'][number]
type UserPart = UserMessage['content'][number]

/** A message for a run, and the part of the client's message that each of its parts came from. */
export interface ReadMessage {
  readonly message: UserMessage
  readonly partOf: readonly number[]
}

/**
 * Reads what a user wrote: text and files. Data parts are the app's own and do not go to a model.
 *
 * @throws StudioError `bad_request` that names each part at fault.
 */
export function readUserMessage({ message, index }: TargetMessage): ReadMessage {
  const faults: SchemaFault[] = []
  const content: UserPart[] = []
  const partOf: number[] = []
  message.parts.forEach((part, at) => {
    if (part.type.startsWith('data-')) return
    const path = `messages.${index}.parts.${at}`
    const parsed = messageSchema.safeParse({ role: 'user', content: [toPart(part)] })
    if (parsed.success && parsed.data.role === 'user') {
      content.push(...parsed.data.content)
      partOf.push(at)
    } else faults.push({ path, message: faultOf(part, parsed.error?.issues[0]?.message) })
  })
  if (faults.length > 0) throw badRequest('Invalid request body: parts of the message', faults)
  if (content.length === 0) {
    const path = `messages.${index}.parts`
    throw badRequest('Invalid request body', [{ path, message: 'needs a text or a file' }])
  }
  return { message: { role: 'user', content }, partOf }
}

function toPart(part: ClientPart): unknown {
  if (part.type === 'text') return { type: 'text', text: part['text'] }
  if (part.type !== 'file') return null
  const { url, mediaType } = part
  const filename = typeof part['filename'] === 'string' ? { filename: part['filename'] } : {}
  const data = typeof url === 'string' ? dataUrl(url)?.data : undefined
  const isImage = typeof mediaType === 'string' && mediaType.startsWith('image/')
  if (isImage) {
    const source = data === undefined ? { type: 'url', url } : { type: 'base64', data, mediaType }
    return { type: 'image', source }
  }
  const content = data === undefined ? { type: 'url', url } : { type: 'base64', data }
  return { type: 'document', source: { ...content, mediaType, ...filename } }
}

function faultOf({ type }: ClientPart, message = 'is not valid'): string {
  if (type === 'text') return 'needs a text'
  return type === 'file' ? `the file ${message}` : 'a user message has parts of type text and file'
}
