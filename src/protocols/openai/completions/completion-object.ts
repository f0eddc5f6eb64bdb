import type { Usage } from '../../../records/usage.ts'

/** What all chunks of a completion, and the completion, have in common. */
export interface CompletionFacts {
  readonly id: string
  readonly created: number
  readonly model: string
}

/** Why a completion ended, in the words of OpenAI. */
export type CompletionFinish = 'stop' | 'length' | 'content_filter'

/** Returns the counts of Chat Completions. */
export function toCompletionUsage(usage: Usage) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: usage.details?.['reasoning'] ?? 0 },
  }
}

/** Translates why the model stopped. */
export function toCompletionFinish(reason: string | undefined): CompletionFinish {
  if (reason === 'length') return 'length'
  return reason === 'content-filter' ? 'content_filter' : 'stop'
}

/**
 * Returns what an answer says that ends because a person must decide: Chat Completions have no shape for that.
 *
 * @param tools The name of each tool that waits, by the id of its approval.
 */
export function waitingText(runId: string, tools: ReadonlyMap<string, string>): string {
  const calls = [...tools].map(([id, name]) => `${name} (approval ${id})`).join(', ')
  return `[This answer waits for the approval of ${calls}. Once that is decided, run ${runId} goes on.]`
}
