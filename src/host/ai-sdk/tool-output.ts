import { isRecord } from '../../lib/json.ts'

/**
 * Returns what a tool of the AI SDK gave, with its result as the model reads it: `toModel` is the tool's `toModelOutput`. What
 * a generator yields before stays progress.
 */
export async function toolOutput(output: unknown, toModel: (last: unknown) => unknown) {
  const isStream = typeof output === 'object' && output !== null && Symbol.asyncIterator in output
  if (!isStream) return toResult(await toModel(await output))
  return withResult(output as AsyncIterable<unknown>, toModel)
}

async function* withResult(values: AsyncIterable<unknown>, toModel: (last: unknown) => unknown) {
  let last: unknown
  for await (const value of values) {
    last = value
    yield value
  }
  return toResult(await toModel(last))
}

/** @throws Error for an output that is an error to the model, and for content that no result can hold. */
function toResult(output: unknown): unknown {
  const { type, value } = isRecord(output) ? output : {}
  if (type === 'text' || type === 'json') return value
  if (type === 'content' && Array.isArray(value)) return value.map(toItem)
  if (type === 'error-text' || type === 'error-json') {
    throw new Error(typeof value === 'string' ? value : JSON.stringify(value))
  }
  throw new TypeError(`toModelOutput returned the type ${String(type)}, which no result can hold`)
}

function toItem(part: unknown) {
  const { type, text, data, mediaType } = isRecord(part) ? part : {}
  if (type === 'text') return { type, text }
  const isImage = typeof mediaType === 'string' && mediaType.startsWith('image/')
  if (isImage && typeof data === 'string') return { type: 'image', data, mediaType }
  throw new TypeError(`toModelOutput returned content of the type ${String(type)}`)
}
