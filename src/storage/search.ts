import type { Json } from '../lib/json.ts'
import type { Run } from '../records/run.ts'
import type { Session } from '../records/session.ts'

/** Returns whether a title, or a text or number anywhere in the metadata, holds this text. The case of letters makes no difference. */
export function sessionHolds({ title, metadata }: Session, search: string): boolean {
  return holds([title, metadata], search)
}

/** Returns whether an id, the preview, or a text or number anywhere in the metadata, holds this text. */
export function runHolds({ id, traceId, sessionId, input }: Run, search: string): boolean {
  return holds([id, traceId, sessionId, input.preview ?? null, input.metadata], search)
}

function holds(value: Json, search: string): boolean {
  const wanted = search.toLowerCase()
  return scalarsOf(value).some((text) => text.toLowerCase().includes(wanted))
}

function scalarsOf(value: Json): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(scalarsOf)
}
