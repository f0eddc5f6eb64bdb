import type { Json } from '../lib/json.ts'
import type { Session } from '../records/session.ts'

/** Does the title, or a text or number anywhere in the metadata, hold this text? The case of letters makes no difference. */
export function matchesSearch({ title, metadata }: Session, search: string): boolean {
  const wanted = search.toLowerCase()
  return scalarsOf([title, metadata]).some((text) => text.toLowerCase().includes(wanted))
}

function scalarsOf(value: Json): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(scalarsOf)
}
