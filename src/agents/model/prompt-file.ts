import type { LanguageModel } from './language-model.ts'

export type SpecificationVersion = LanguageModel['specificationVersion']

/** A part of a prompt. Its members depend on `type` and on the version. */
export type PromptPart = Readonly<Record<string, unknown>>

/** A file by its address or by its content in base64. */
export type FileSource = { readonly url: string } | { readonly data: string }

/**
 * Makes a file part: bare data in v2 and v3, tagged data in v4. A `data:` URL is sent as content, because providers fetch
 * addresses themselves.
 *
 * @param mediaType The type of the file, unless the `data:` URL has one.
 * @throws TypeError when the address is not a URL.
 */
export function toFilePart(
  version: SpecificationVersion,
  source: FileSource,
  mediaType: string,
): PromptPart {
  if ('data' in source) return toDataPart(version, source.data, mediaType)
  const inline = /^data:([^;,]*)(?:;[^,]*)?;base64,(.*)$/s.exec(source.url)
  if (inline) return toDataPart(version, inline[2] ?? '', inline[1] || mediaType)
  if (!URL.canParse(source.url)) throw new TypeError('A file in the conversation has no valid URL')
  const url = new URL(source.url)
  return { type: 'file', mediaType, data: version === 'v4' ? { type: 'url', url } : url }
}

function toDataPart(version: SpecificationVersion, data: string, mediaType: string): PromptPart {
  return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data } : data }
}

/** Makes an image in a tool result, which has another format in each version. */
export function toResultImage(
  version: SpecificationVersion,
  data: string,
  mediaType: string,
): PromptPart {
  if (version === 'v2') return { type: 'media', data, mediaType }
  if (version === 'v3') return { type: 'image-data', data, mediaType }
  return { type: 'file', data: { type: 'data', data }, mediaType }
}
