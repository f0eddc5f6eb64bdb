import { findRounded, isRecord } from '../json.ts'
import type { SchemaFault } from '../standard-schema.ts'

/**
 * Some models and clients send lists, objects, numbers and flags as JSON text. Returns the input with the texts that a
 * schema refused parsed as JSON; null if there is none. A text whose number would lose digits stays a text.
 */
export function parseJsonTexts(input: unknown, faults: readonly SchemaFault[]): unknown {
  let changed = false
  let mended = input
  for (const { path } of faults) {
    const result = replaceAt(mended, path === '' ? [] : path.split('.'))
    if (result === null) continue
    mended = result.value
    changed = true
  }
  return changed ? mended : null
}

function replaceAt(value: unknown, path: readonly string[]): { readonly value: unknown } | null {
  const [key, ...rest] = path
  if (key === undefined) return typeof value === 'string' ? parseText(value) : null
  if (Array.isArray(value)) {
    const result = replaceAt(value[Number(key)], rest)
    return result && { value: value.map((item, at) => (at === Number(key) ? result.value : item)) }
  }
  if (!isRecord(value) || !Object.hasOwn(value, key)) return null
  const result = replaceAt(value[key], rest)
  return result && { value: { ...value, [key]: result.value } }
}

function parseText(text: string): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' || findRounded(value).length > 0 ? null : { value }
  } catch {
    return null
  }
}
