import { z } from 'zod'
import { canonicalJson } from '../../lib/checksum.ts'
import { type Json, jsonSchema } from '../../lib/json.ts'
import { countOf, toWellFormed, truncateText } from '../../lib/text.ts'
import { utf8Length } from '../../lib/utf8-length.ts'
import type { ToolResultItem } from '../../records/message.ts'

/** Items of a result beyond these are left out. */
const maxItems = 100

const file = z.object({ data: z.string(), mimeType: z.string() })
const contents = z.object({
  uri: z.string(),
  mimeType: z.string().exactOptional(),
  text: z.string().exactOptional(),
  blob: z.string().exactOptional(),
})

const content = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  file.extend({ type: z.literal('image') }),
  file.extend({ type: z.literal('audio') }),
  z.object({ type: z.literal('resource'), resource: contents }),
  z.object({
    type: z.literal('resource_link'),
    uri: z.string(),
    name: z.string().exactOptional(),
    title: z.string().exactOptional(),
    description: z.string().exactOptional(),
  }),
])

const callResult = z.object({
  content: z.array(z.unknown()).default([]),
  structuredContent: jsonSchema.exactOptional(),
  isError: z.boolean().exactOptional(),
})

/**
 * Translates the result of a call into what the model reads: texts and images, JSON that no text repeats, and a line for whatever
 * a model cannot be shown.
 *
 * @throws Error with the text of a result that is an error.
 */
export function toResultItems(result: unknown, maxBytes: number): ToolResultItem[] {
  const parsed = callResult.safeParse(result)
  if (!parsed.success) throw mcpError('The MCP server answered with something that is no result')
  const { content: parts, structuredContent, isError = false } = parsed.data
  const items = parts.slice(0, maxItems).map(toItem)
  if (parts.length > maxItems) {
    items.push(note(`${countOf(parts.length - maxItems, 'item')} of this result were left out`))
  }
  if (structuredContent !== undefined && !repeats(items, structuredContent)) {
    items.push({ type: 'text', text: JSON.stringify(structuredContent) })
  }
  if (isError) throw mcpError(textOf(items) || 'The tool failed and did not say why')
  const limited = limitBytes(items, maxBytes)
  return limited.length > 0 ? limited : [{ type: 'text', text: '' }]
}

function mcpError(message: string): Error {
  return Object.assign(new Error(message), { name: 'McpToolError' })
}

function toItem(part: unknown): ToolResultItem {
  const parsed = content.safeParse(part)
  if (!parsed.success) return note('a part of this result is of a kind that is not known here')
  const { data } = parsed
  switch (data.type) {
    case 'text':
      return { type: 'text', text: toWellFormed(data.text) }
    case 'image':
      return toImage(data.data, data.mimeType) ?? note(`an image of ${named(data.mimeType)}`)
    case 'audio':
      return note(`audio of ${named(data.mimeType)}`)
    case 'resource_link': {
      const { uri, title, name = '', description } = data
      const words = [title ?? name, uri, description].filter((word) => word)
      return { type: 'text', text: toWellFormed(`Resource: ${words.join(' ')}`) }
    }
    case 'resource': {
      const { uri, text, blob = '', mimeType = 'application/octet-stream' } = data.resource
      if (text !== undefined) return { type: 'text', text: toWellFormed(text) }
      return toImage(blob, mimeType) ?? note(`the resource ${uri} of ${named(mimeType)}`)
    }
  }
}

/** How the Base64 of each kind of image begins. A model's provider refuses the whole conversation for an image that is none. */
const beginnings: Readonly<Record<string, string>> = {
  'image/png': 'iVBORw0KGgo',
  'image/jpeg': '/9j/',
  'image/gif': 'R0lGOD',
  'image/webp': 'UklGR',
}

function toImage(data: string, mimeType: string): ToolResultItem | null {
  const mediaType = mimeType.trim().toLowerCase()
  const beginning = Object.hasOwn(beginnings, mediaType) ? beginnings[mediaType] : undefined
  const isBase64 = data.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(data)
  if (beginning === undefined || !isBase64 || !data.startsWith(beginning)) return null
  return { type: 'image', data, mediaType }
}

function named(mimeType: string): string {
  return truncateText(toWellFormed(mimeType), 100)
}

function note(what: string): ToolResultItem {
  return { type: 'text', text: `[${toWellFormed(truncateText(what, 2_000))}: not shown]` }
}

function textOf(items: readonly ToolResultItem[]): string {
  return items.flatMap((item) => (item.type === 'text' ? [item.text] : [])).join('\n')
}

/** Servers repeat the structured result as text for clients that do not read it. */
function repeats(items: readonly ToolResultItem[], structured: Json): boolean {
  const wanted = canonicalJson(structured)
  return items.some((item) => {
    if (item.type !== 'text') return false
    try {
      return canonicalJson(JSON.parse(item.text) as Json) === wanted
    } catch {
      return false
    }
  })
}

/** Cuts what is beyond the limit, and says how much that is. */
function limitBytes(items: readonly ToolResultItem[], maxBytes: number): ToolResultItem[] {
  let left = maxBytes
  const kept: ToolResultItem[] = []
  let cut = 0
  for (const item of items) {
    const whole = item.type === 'text' ? item.text : item.data
    const bytes = utf8Length(whole)
    if (bytes <= left) {
      kept.push(item)
    } else {
      const text = item.type === 'text' ? truncateBytes(whole, left) : ''
      if (text !== '') kept.push({ type: 'text', text })
      cut += bytes - utf8Length(text)
    }
    left = Math.max(0, left - bytes)
  }
  if (cut > 0)
    kept.push({ type: 'text', text: `[${countOf(cut, 'byte')} of this result were left out]` })
  return kept
}

/** Returns the beginning of a text that has at most so many bytes in UTF-8. */
function truncateBytes(text: string, bytes: number): string {
  const encoded = new Uint8Array(bytes)
  const { read } = new TextEncoder().encodeInto(text, encoded)
  return truncateText(text, read)
}
