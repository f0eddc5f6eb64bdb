import type { JsonObject } from '../lib/json.ts'

/** One conversation. Times are ISO 8601 UTC strings with milliseconds. */
export interface Session {
  readonly id: string
  readonly tenant: string
  readonly agentId: string
  /** Null until given or taken from the first prompt. */
  readonly title: string | null
  readonly metadata: JsonObject | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly messageCount: number
}

/** The title a prompt gives: white space collapsed; over 72 characters the first 69 and `...`; null when nothing is left. */
export function titleFromPrompt(prompt: string): string | null {
  const title = prompt.replace(/\s+/g, ' ').trim()
  if (title === '') return null
  return title.length > 72 ? `${title.slice(0, 69)}...` : title
}
