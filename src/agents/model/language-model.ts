/** What a model is asked; every version of the specification understands these members. */
export interface LanguageModelCall {
  readonly prompt: readonly unknown[]
  readonly tools?: readonly unknown[] | undefined
  readonly toolChoice?: unknown
  readonly maxOutputTokens?: number | undefined
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly topK?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly stopSequences?: readonly string[] | undefined
  readonly seed?: number | undefined
  readonly providerOptions?: unknown
  readonly abortSignal?: AbortSignal | undefined
}

/** A whole answer; its parts are read by shape. */
export interface LanguageModelResult {
  readonly content: readonly unknown[]
  readonly finishReason: unknown
  readonly usage: unknown
  readonly warnings?: readonly unknown[] | undefined
  readonly response?: unknown
}

/**
 * A language model after the AI SDK's provider specification, version 2, 3 or 4 (`ai` 5, 6 and 7): whatever
 * `openai('gpt-5')` and its like return. Only these members are used, so every provider package and every
 * version of `@ai-sdk/provider` fits without being imported.
 */
export interface LanguageModel {
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  readonly provider: string
  readonly modelId: string
  doGenerate(call: LanguageModelCall): PromiseLike<LanguageModelResult>
  doStream(call: LanguageModelCall): PromiseLike<{ readonly stream: ReadableStream<unknown> }>
}

/** Can this value answer model calls? A bare model name cannot. */
export function isLanguageModel(value: unknown): value is LanguageModel {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const model = value as Partial<Record<keyof LanguageModel, unknown>>
  return (
    (model.specificationVersion === 'v2' ||
      model.specificationVersion === 'v3' ||
      model.specificationVersion === 'v4') &&
    typeof model.provider === 'string' &&
    typeof model.modelId === 'string' &&
    typeof model.doGenerate === 'function' &&
    typeof model.doStream === 'function'
  )
}
