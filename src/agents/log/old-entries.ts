import { isRecord } from '../../lib/json.ts'
import type { LogEntry } from '../../records/run.ts'

/** Event type → the member that names the call; empty for the event itself. */
const places: Readonly<Record<string, { readonly member: string; readonly key: string }>> = {
  tool_approval_request: { member: 'approval', key: 'toolCallId' },
  tool_approval_result: { member: 'approval', key: 'toolCallId' },
  tool_call: { member: 'toolCall', key: 'id' },
  tool_call_delta: { member: '', key: 'toolCallId' },
  tool_progress: { member: '', key: 'toolCallId' },
  tool_result: { member: '', key: 'toolCallId' },
}

/** Adds the `callId` to each of a page of entries, where it is missing. */
export function withCallIds(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.map(withCallId)
}

/**
 * Adds the `callId` that older versions did not write. It equals an id that the entry has. The rest of the text stays as it is
 * stored, because to parse and encode it would round long numbers.
 *
 * @see docs/decisions/152-old-logs-stay-as-they-are.md
 */
export function withCallId(entry: LogEntry): LogEntry {
  const { type, json } = entry
  const place = Object.hasOwn(places, type) ? places[type] : undefined
  if (!place) return entry
  const { member, key } = place
  // Data of the caller may contain the same key in an approval or a call, so only a parsed member decides there.
  if (member === '' && json.includes('"callId":')) return entry
  const parsed: unknown = JSON.parse(json)
  const holder = isRecord(parsed) && member !== '' ? parsed[member] : parsed
  if (!isRecord(holder) || 'callId' in holder || typeof holder[key] !== 'string') return entry
  const start = member === '' ? '{' : `"${member}":{`
  const callId = `${start}"callId":${JSON.stringify(holder[key])},`
  return { ...entry, json: json.replace(start, () => callId) }
}
