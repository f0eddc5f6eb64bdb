import { isRecord, type Json } from '../../lib/json.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { messageSchema, type UserMessage } from '../../records/message.ts'
import type { WirePart } from './a2a-answers.ts'
import { refusalOf } from './refusals.ts'
import type { SentPart } from './requests.ts'

type UserPart = UserMessage['content'][number]

const contents = ['text', 'raw', 'url', 'data'] as const

/** Lists the faults of parts that have no content, or several. */
function findPartFaults(parts: readonly SentPart[]): SchemaFault[] {
  return parts.flatMap((part, at) => {
    const count = contents.filter((name) => part[name] !== undefined).length
    if (count === 1) return []
    return [{ path: `message.parts.${at}`, message: 'needs one of text, raw, url and data' }]
  })
}

/**
 * Reads the parts of a message as what a model gets: text, files, and data as the text of its JSON.
 *
 * @throws StudioError that names each part at fault.
 */
export function readSentMessage(parts: readonly SentPart[]): UserMessage {
  const faults: SchemaFault[] = [...findPartFaults(parts)]
  const content: UserPart[] = []
  parts.forEach((part, at) => {
    if (faults.some(({ path }) => path === `message.parts.${at}`)) return
    const parsed = messageSchema.safeParse({ role: 'user', content: [toContent(part)] })
    if (parsed.success && parsed.data.role === 'user') return content.push(...parsed.data.content)
    const issue = parsed.error?.issues[0]
    const member = issue?.path.at(-1)
    const path = `message.parts.${at}${member === 'mediaType' ? '.mediaType' : ''}`
    return faults.push({ path, message: `the file ${issue?.message ?? 'is not valid'}` })
  })
  if (faults.length > 0) throw refusalOf('INVALID_PARAMS', 'Invalid parts of the message', faults)
  return { role: 'user', content }
}

function toContent({ text, raw, url, data, mediaType, filename }: SentPart): unknown {
  if (text !== undefined) return { type: 'text', text }
  if (data !== undefined) return { type: 'text', text: JSON.stringify(data) }
  const content = raw === undefined ? { type: 'url', url } : { type: 'base64', data: raw }
  if (mediaType?.startsWith('image/')) {
    return { type: 'image', source: { ...content, ...(raw === undefined ? {} : { mediaType }) } }
  }
  const name = filename ? { filename } : {}
  return { type: 'document', source: { ...content, mediaType, ...name } }
}

/** Shows what a user wrote, in the parts of A2A. */
export function toWireParts({ content }: UserMessage): WirePart[] {
  return content.map((part): WirePart => {
    if (part.type === 'text') return { text: part.text }
    const { source } = part
    const known = {
      ...('mediaType' in source && source.mediaType ? { mediaType: source.mediaType } : {}),
      ...('filename' in source && source.filename ? { filename: source.filename } : {}),
    }
    if (source.type === 'base64') return { raw: source.data, ...known }
    return source.type === 'url' ? { url: source.url, ...known } : { text: source.text, ...known }
  })
}

/** Shows data with its media type. */
export function dataPart(data: Json): WirePart {
  return { data, mediaType: 'application/json' }
}

/** Does a part mean to decide an approval? */
export function isDecision({ data }: SentPart): boolean {
  return isRecord(data) && 'approvalId' in data
}
