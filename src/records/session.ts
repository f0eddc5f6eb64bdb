import type { JsonObject } from '../lib/json.ts'
import { truncateText } from '../lib/text.ts'

/** One conversation with an agent. Times are ISO 8601 UTC strings with milliseconds. */
export interface Session {
  readonly id: string
  readonly tenant: string
  readonly agentId: string
  /** Null until a client sets it or the first prompt provides it. */
  readonly title: string | null
  readonly metadata: JsonObject | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly messageCount: number
}

/**
 * Derives a title from a prompt: collapses white space, and truncates to three characters less than `longest` and `...` if there
 * are more. Returns null if nothing remains.
 */
export function titleFromPrompt(prompt: string, longest = 72): string | null {
  const title = prompt.replace(/\s+/g, ' ').trim()
  if (title === '') return null
  return title.length > longest ? `${truncateText(title, longest - 3)}...` : title
}
