import { withDeadline } from '../../lib/deadline.ts'
import { dataUrl } from '../../lib/files/file-url.ts'
import { isRecord } from '../../lib/json.ts'
import type { LanguageModel } from './language-model.ts'

/** Tells whether a model fetches files of a type from an address. */
export type UrlSupport = (mediaType: string, url: string) => boolean

const known = new WeakMap<LanguageModel, UrlSupport>()
/** A model may have to ask its provider. */
const maxWaitMs = 5_000

/**
 * Reads the `supportedUrls` of a model, once for each model; a promise only when the model gives one. A model that does not
 * say which addresses it fetches, or fails to say so, fetches none. Never throws or rejects.
 */
export function readUrlSupport(model: LanguageModel): UrlSupport | Promise<UrlSupport> {
  const before = known.get(model)
  if (before) return before
  try {
    const raw = model.supportedUrls
    return isRecord(raw) && typeof raw.then === 'function'
      ? awaitSupport(model, raw)
      : keep(model, raw)
  } catch {
    return fetchesNothing
  }
}

async function awaitSupport(model: LanguageModel, raw: unknown): Promise<UrlSupport> {
  const late = new Error('The model did not say which addresses it fetches')
  try {
    return keep(model, await withDeadline(maxWaitMs, late, async () => raw))
  } catch {
    return fetchesNothing
  }
}

function keep(model: LanguageModel, raw: unknown): UrlSupport {
  const support = toSupport(raw)
  known.set(model, support)
  return support
}

const fetchesNothing: UrlSupport = () => false

/** Reads `{ 'image/*': [/^https:/] }`. Patterns are matched against addresses in lower case, as the AI SDK does. */
function toSupport(raw: unknown): UrlSupport {
  const types = Object.entries(isRecord(raw) ? raw : {}).map(([type, patterns]) => ({
    prefix: type === '*' || type === '*/*' ? '' : type.toLowerCase().replace('*', ''),
    patterns: Array.isArray(patterns) ? patterns.filter((one) => one instanceof RegExp) : [],
  }))
  return (mediaType, url) =>
    types.some(
      ({ prefix, patterns }) =>
        mediaType.toLowerCase().startsWith(prefix) &&
        patterns.some((pattern) => url.toLowerCase().search(pattern) >= 0),
    )
}

/** Can the model take a file by this address? It can take the content of every `data:` URL. */
export function canTakeUrl(support: UrlSupport, mediaType: string, url: string): boolean {
  return dataUrl(url) !== null || support(mediaType, url)
}
