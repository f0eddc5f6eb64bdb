import { isBase64, toPlainBase64 } from '../../lib/files/base64.ts'
import { dataUrl, fileUrlFault } from '../../lib/files/file-url.ts'
import type { LanguageModel } from './language-model.ts'
import type { UrlSupport } from './supported-urls.ts'

export type SpecificationVersion = LanguageModel['specificationVersion']

/** A part of a prompt. Its members depend on `type` and on the version. */
export type PromptPart = Readonly<Record<string, unknown>>

/** What a model reads in place of a file that it cannot take. */
export function leftOut(what: 'image' | 'document'): PromptPart {
  return { type: 'text', text: `[${what} left out]` }
}

/** A file by its address or by its content in base64. */
export type FileSource = { readonly url: string } | { readonly data: string }

/**
 * Makes a file part: bare data in v2 and v3, tagged data in v4. A `data:` URL is sent as content, because providers fetch
 * addresses themselves.
 *
 * @param mediaType The type of the file, unless the `data:` URL has one.
 * @returns null for a file that would make the provider refuse the whole conversation: one whose address or content is
 *   none, or whose address the model does not fetch.
 */
export function toFilePart(
  { version, canFetch }: { readonly version: SpecificationVersion; readonly canFetch: UrlSupport },
  source: FileSource,
  mediaType: string,
): PromptPart | null {
  if ('data' in source) return toDataPart(version, source.data, mediaType)
  const inline = dataUrl(source.url)
  if (inline) return toDataPart(version, inline.data, inline.mediaType || mediaType)
  if (fileUrlFault(source.url) !== null || !canFetch(mediaType, source.url)) return null
  const url = new URL(source.url)
  return { type: 'file', mediaType, data: version === 'v4' ? { type: 'url', url } : url }
}

function toDataPart(
  version: SpecificationVersion,
  text: string,
  mediaType: string,
): PromptPart | null {
  if (!isBase64(text)) return null
  const data = toPlainBase64(text)
  return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data } : data }
}

/** Makes an image in a tool result, which has another format in each version. */
export function toResultImage(
  version: SpecificationVersion,
  text: string,
  mediaType: string,
): PromptPart {
  if (!isBase64(text)) return leftOut('image')
  const data = toPlainBase64(text)
  if (version === 'v2') return { type: 'media', data, mediaType }
  if (version === 'v3') return { type: 'image-data', data, mediaType }
  return { type: 'file', data: { type: 'data', data }, mediaType }
}
