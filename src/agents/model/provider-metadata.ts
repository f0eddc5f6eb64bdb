import type { Json, JsonObject } from '../../lib/json.ts'
import { toJson } from '../../lib/json.ts'

/** What a provider wants back with a part, such as a reasoning signature or an item id; by provider name. */
export type ProviderMetadata = JsonObject

/** Reads the metadata of a part; undefined when there is none. */
export function toProviderMetadata(raw: unknown): ProviderMetadata | undefined {
  const metadata = typeof raw === 'object' ? toJson(raw) : null
  return isProviderMetadata(metadata) ? metadata : undefined
}

/** Provider options from a `signature` that holds metadata as JSON text; nothing from any other signature. */
export function readSignature(signature: string | undefined): {
  providerOptions?: ProviderMetadata
} {
  if (!signature?.startsWith('{')) return {}
  try {
    const metadata = JSON.parse(signature) as Json
    return isProviderMetadata(metadata) ? { providerOptions: metadata } : {}
  } catch {
    return {}
  }
}

/** Provider options from the `additionalParams` of a tool call: `{ providerMetadata }`. */
export function readProviderMetadata(params: Json | undefined): {
  providerOptions?: ProviderMetadata
} {
  const metadata = isObject(params) ? params.providerMetadata : undefined
  return isProviderMetadata(metadata) ? { providerOptions: metadata } : {}
}

function isProviderMetadata(value: Json | undefined): value is ProviderMetadata {
  return isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isObject)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
