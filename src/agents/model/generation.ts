import type { Json } from '../../lib/json.ts'
import { isRecord } from '../../lib/json.ts'
import type { AssistantMessage } from '../../records/message.ts'

// What `callModel` and the run loop note in `metadata.studio` of an assistant message, and what they read there.

/** Does this message come from a model call that ended early? `callModel` marks it in the metadata. */
export function isInterrupted(message: AssistantMessage): boolean {
  return studioOf(message)['interrupted'] === true
}

/** Did a model of this provider write the message? */
export function isFrom(message: AssistantMessage, provider: string): boolean {
  const { generation } = studioOf(message)
  return isRecord(generation) && generation['provider'] === provider
}

/**
 * Returns the mark that a provider refused the last `count` messages before it. A session keeps it, and later prompts
 * leave those messages out.
 *
 * @see docs/decisions/026-what-goes-to-a-model.md
 */
export function refusedMark(count: number): AssistantMessage {
  return { role: 'assistant', content: [], metadata: { studio: { refused: count } } }
}

/** Returns how many messages before this mark were refused; 0 for any other message. */
export function readRefused(message: AssistantMessage): number {
  const { refused } = studioOf(message)
  return message.content.length === 0 && typeof refused === 'number' ? refused : 0
}

/** Returns what is noted in the message; empty if nothing is. */
export function studioOf({
  metadata,
}: AssistantMessage): Readonly<Record<string, Json | undefined>> {
  const studio = isRecord(metadata) ? metadata['studio'] : undefined
  return isRecord(studio) ? (studio as Record<string, Json>) : {}
}
