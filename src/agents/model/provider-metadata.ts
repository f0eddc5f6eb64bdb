import type { Json, JsonObject } from '../../lib/json.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { isRecord, toJson } from '../../lib/json.ts'

/**
 * Data that a provider needs back with a part, by provider name: a reasoning signature or an item id, for example.
 *
 * @see docs/decisions/022-provider-metadata.md
 */
export type ProviderMetadata = JsonObject

/** Reads the metadata of a part. Returns undefined when there is none. */
export function toProviderMetadata(raw: unknown): ProviderMetadata | undefined {
  const metadata = typeof raw === 'object' ? toJson(raw) : null
  return isProviderMetadata(metadata) ? metadata : undefined
}

/** Reads provider options from a `signature` that holds metadata as JSON text. Other signatures have none. */
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

/** Reads provider options from the `additionalParams` of a tool call: `{ providerMetadata }`. */
export function readProviderMetadata(params: Json | undefined): {
  providerOptions?: ProviderMetadata
} {
  const metadata = isRecord(params) ? params.providerMetadata : undefined
  if (!isProviderMetadata(metadata)) return {}
  // A store may change the order of keys, and providers find a cached prompt by its bytes.
  return { providerOptions: JSON.parse(canonicalJson(metadata)) as ProviderMetadata }
}

function isProviderMetadata(value: unknown): value is ProviderMetadata {
  return isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every(isRecord)
}
