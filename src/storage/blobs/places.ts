import type { Json } from '../../lib/json.ts'
import type { Message, ToolResultItem } from '../../records/message.ts'
import type { ClientTool, LogEntry, Turn } from '../../records/run.ts'
import { type BlobReference, parseReference } from './references.ts'

/** How values of one kind become blobs. What holds a reference is a value of the same kind, so that any store can keep it. */
export interface Place<T> {
  /** The text that is kept in the blob. */
  encode(value: T): string
  /** Makes the value from the text, and from what held the reference. */
  decode(text: string, holder: T): T
  /** Makes what stands in the row in place of the value. */
  hold(reference: string, value: T): T
  /** Returns the reference that a value holds; null for every other value. */
  held(value: T): BlobReference | null
}

function asJson<T>({ hold, held }: Pick<Place<T>, 'hold' | 'held'>): Place<T> {
  // the text comes from `encode`, which a hash proves
  return {
    encode: (value) => JSON.stringify(value) ?? 'null',
    decode: (text) => JSON.parse(text),
    hold,
    held,
  }
}

/** A text, such as the output of a run. */
export const textPlace = asJson<string>({ hold: (reference) => reference, held: parseReference })

/** Any JSON, such as the arguments of a tool call. */
export const jsonPlace = asJson<Json>({ hold: (reference) => reference, held: parseReference })

/** One message of a conversation. */
export const messagePlace = asJson<Message>({
  hold: (reference) => ({ role: 'system', content: reference }),
  held: (message) => (message.role === 'system' ? parseReference(message.content) : null),
})

/** All messages that a run begins with. */
export const historyPlace = asJson<readonly Message[]>({
  hold: (reference, history) => [messagePlace.hold(reference, history[0] ?? empty)],
  held: ([first, ...others]) => (first && others.length === 0 ? messagePlace.held(first) : null),
})

const empty: Message = { role: 'system', content: '' }

/** The tools of the client of a run. */
export const clientToolsPlace = asJson<readonly ClientTool[]>({
  hold: (description) => [{ name: 'blob', description, inputSchema: {} }],
  held: ([first, ...others]) => (others.length === 0 ? parseReference(first?.description) : null),
})

/** The result of a tool: what it returned. */
export const resultPlace = asJson<readonly ToolResultItem[]>({
  hold: (text) => [{ type: 'text', text }],
  held: ([first, ...others]) =>
    others.length === 0 && first?.type === 'text' ? parseReference(first.text) : null,
})

/** A turn. Its row keeps what is short. */
export const turnPlace = asJson<Turn>({
  hold(reference, { pause: _, ...turn }) {
    return { ...turn, toolNames: [reference], retries: [], error: null }
  },
  held: ({ toolNames: [first, ...others] }) => (others.length === 0 ? parseReference(first) : null),
})

// The type stands first, where stores look for it.
const heldLine = /^\{"type":"[^"\\]*","seq":\d+,"blob":"([^"\\]+)"\}$/

/** A line of the log. */
export const entryPlace: Place<LogEntry> = {
  encode: ({ json }) => json,
  decode: (json, { seq, type }) => ({ seq, type, json }),
  hold: (reference, { seq, type }) => {
    return { seq, type, json: JSON.stringify({ type, seq, blob: reference }) }
  },
  held: ({ json }) => (json.endsWith('"}') ? parseReference(heldLine.exec(json)?.[1]) : null),
}
