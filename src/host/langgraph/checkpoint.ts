import { isRecord } from '../../lib/json.ts'
import { toBase64 } from '../../lib/files/base64.ts'

/** What is used of LangGraph's `MemorySaver`: its two tables, whose leaves are bytes. */
export interface MemoryCheckpointer {
  storage: unknown
  writes: unknown
}

/** Returns the tables of a checkpointer in a form that JSON can hold. */
export function packCheckpoint({ storage, writes }: MemoryCheckpointer): unknown {
  return { storage: pack(storage), writes: pack(writes) }
}

/** Puts packed tables back into a new checkpointer. */
export function unpackCheckpoint(saver: MemoryCheckpointer, packed: unknown): void {
  const { storage, writes } = isRecord(packed) ? packed : {}
  saver.storage = unpack(storage) ?? {}
  saver.writes = unpack(writes) ?? {}
}

function pack(value: unknown): unknown {
  if (value instanceof Uint8Array) return packBytes(value)
  if (Array.isArray(value)) return value.map(pack)
  if (!isRecord(value)) return value
  return { members: Object.entries(value).map(([key, member]) => [key, pack(member)]) }
}

/** Most leaves are JSON, which stays readable and short as a text. */
function packBytes(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { text }
  } catch {
    return { base64: toBase64(bytes) }
  }
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack)
  if (!isRecord(value)) return value
  const { members, text, base64 } = value
  if (typeof text === 'string') return new TextEncoder().encode(text)
  if (typeof base64 === 'string') {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  }
  const entries: readonly unknown[] = Array.isArray(members) ? members : []
  return Object.fromEntries(
    entries.map((entry): [string, unknown] => {
      const [key, member] = Array.isArray(entry) ? entry : []
      return [String(key), unpack(member)]
    }),
  )
}
