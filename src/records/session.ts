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
 * Derives a title from a prompt: collapses white space, and truncates to 69 characters and `...` if there are more than 72.
 * Returns null if nothing remains.
 */
export function titleFromPrompt(prompt: string): string | null {
  const title = prompt.replace(/\s+/g, ' ').trim()
  if (title === '') return null
  return title.length > 72 ? `${truncateText(title, 69)}...` : title
}
