import { toBase64 } from '../../lib/files/base64.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import { toJson, toJsonText, toWellFormedJson } from '../../lib/json.ts'
import { toWellFormed } from '../../lib/text.ts'
import { exceedsJsonDepth } from '../../lib/json-depth.ts'
import type { AssistantMessage } from '../../records/message.ts'
import type { Source } from '../answers/shared.ts'
import type { ModelToolCall } from './call-types.ts'
import { toProviderMetadata } from './provider-metadata.ts'

/** A part of an answer as the provider sent it. Members are checked where they are used. */
export type StreamPart = Readonly<Record<string, unknown>>

type ImagePart = Extract<AssistantMessage['content'][number], { type: 'image' }>

/** Reads a tool call. Arguments that are not JSON stay text, and `inputError` explains the fault. */
export function readToolCall(part: StreamPart, id: string, name: string): ModelToolCall {
  const { value, error } = parseInput(part.input)
  const providerMetadata = toProviderMetadata(part.providerMetadata)
  return {
    part: {
      type: 'tool_call',
      id,
      function: { name, arguments: value },
      ...(providerMetadata ? { additionalParams: { providerMetadata } } : {}),
    },
    inputError: name === '' ? 'The call names no tool' : error,
  }
}

/** Reads the result that a provider gave to its own call, in the members that `isHostedCall` parts have. */
export function readHostedResult({ result, isError, providerMetadata }: StreamPart): JsonObject {
  const metadata = toProviderMetadata(providerMetadata)
  return {
    result: toWellFormedJson(toJson(result)),
    ...(isError === true ? { isError } : {}),
    ...(metadata ? { resultMetadata: metadata } : {}),
  }
}

function parseInput(input: unknown): { value: Json; error: string | null } {
  if (input === undefined || input === null) return { value: {}, error: null }
  if (typeof input !== 'string') return parseInput(toJsonText(input) ?? null)
  if (input.trim() === '') return { value: {}, error: null }
  const text = toWellFormed(input)
  if (exceedsJsonDepth(input, maxDepth))
    return { value: text, error: 'The arguments are nested too deeply' }
  try {
    const value = toWellFormedJson(JSON.parse(input) as Json)
    const lost = findInexact(input)
    return lost === null ? { value, error: null } : { value: text, error: tooLarge(lost) }
  } catch (error) {
    return { value: text, error: `The arguments are not valid JSON: ${(error as Error).message}` }
  }
}

function tooLarge(number: string): string {
  const shown = number.length > 40 ? `${number.slice(0, 40)}…` : number
  return `The number ${shown} in the arguments has more digits than a JSON number keeps here. Send it as a string.`
}

/** Stores and code that walks a value need a limit; PostgreSQL has one of some thousand levels. */
const maxDepth = 200

/** Matches the strings and the numbers of JSON text. Strings come first, because digits in them are no numbers. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

/** Returns the first number of JSON text whose whole part JavaScript would round, such as 9007199254740993; else null. */
function findInexact(json: string): string | null {
  if (!/\d{16}|\d[eE]/.test(json)) return null
  for (const [token] of json.matchAll(tokens)) {
    const value = token.startsWith('"') ? 0 : Number(token)
    if (!Number.isFinite(value)) return token
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && !/[eE]/.test(token)) return token
  }
  return null
}

/** Reads a source that the model cites: a page by `url`, or a document. Returns null for any other kind. */
export function readSource({ sourceType, url, ...part }: StreamPart): Source | null {
  const named = pickTexts(part, ['id', 'title'])
  if (sourceType === 'url') return { type: 'url', url: toWellFormed(String(url)), ...named }
  if (sourceType !== 'document') return null
  return { type: 'document', ...named, ...pickTexts(part, ['mediaType', 'filename']) }
}

function pickTexts<Name extends string>(part: StreamPart, names: readonly Name[]) {
  const texts = names.flatMap((name) => {
    const text = part[name]
    return typeof text === 'string' ? [[name, toWellFormed(text)]] : []
  })
  return Object.fromEntries(texts) as { readonly [Key in Name]?: string }
}

/** Reads a generated image: bare data in v2 and v3, tagged data in v4. Returns null for any other file. */
export function readImage({ mediaType, data: raw }: StreamPart): ImagePart | null {
  if (typeof mediaType !== 'string' || !mediaType.startsWith('image/')) return null
  const tagged = typeof raw === 'object' && raw !== null ? (raw as StreamPart) : {}
  if (tagged.type === 'url')
    return { type: 'image', source: { type: 'url', url: String(tagged.url) } }
  const data = tagged.type === 'data' ? tagged.data : raw
  const text = data instanceof Uint8Array ? toBase64(data) : data
  return typeof text === 'string'
    ? { type: 'image', source: { type: 'base64', data: text, mediaType } }
    : null
}

/** Converts a warning of any version to one line. */
export function readWarning(warning: unknown): string {
  if (typeof warning !== 'object' || warning === null) return String(warning)
  const { type, feature, setting, tool, message, details } = warning as StreamPart
  const about = feature ?? setting ?? (tool as { name?: unknown } | undefined)?.name
  const texts = [type, about, message, details].filter((text) => typeof text === 'string')
  return texts.join(': ')
}
