import type { RunBody } from '../../client.ts'
import type { PromptBlock } from './request-params.ts'

type Message = Extract<NonNullable<RunBody['message']>, { role: 'user' }>
type Part = Message['content'][number]
type Resource = Extract<PromptBlock, { type: 'resource' }>['resource']

/** Makes the message of a user. The studio checks types and contents of files, and names those at fault. */
export function toPromptMessage(blocks: readonly PromptBlock[]): Message {
  return { role: 'user', content: blocks.map(toPart) }
}

function toPart(block: PromptBlock): Part {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text }
    case 'image':
      return toFile(block.data, block.mimeType)
    case 'audio':
      return toFile(block.data, block.mimeType)
    // The agent cannot open what is on the machine of the editor, so the model reads where it is.
    case 'resource_link':
      return { type: 'text', text: `[@${block.name}](${block.uri})` }
    case 'resource':
      return toDocument(block.resource)
  }
}

function toDocument(resource: Resource): Part {
  const { uri: filename } = resource
  const mediaType = resource.mimeType ?? undefined
  if ('blob' in resource) {
    return toFile(resource.blob, mediaType ?? 'application/octet-stream', filename)
  }
  const type = mediaType === undefined ? {} : { mediaType }
  return { type: 'document', source: { type: 'text', text: resource.text, filename, ...type } }
}

function toFile(data: string, mediaType: string, filename?: string): Part {
  if (mediaType.startsWith('image/')) {
    return { type: 'image', source: { type: 'base64', data, mediaType } }
  }
  const name = filename === undefined ? {} : { filename }
  return { type: 'document', source: { type: 'base64', data, mediaType, ...name } }
}
