/**
 * One call of a model, in the members that every version of the specification understands.
 *
 * @see docs/decisions/020-models-by-shape.md
 */
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

/** An answer that is not streamed. Its parts are read by their shape. */
export interface LanguageModelResult {
  readonly content: readonly unknown[]
  readonly finishReason: unknown
  readonly usage: unknown
  readonly warnings?: readonly unknown[] | undefined
  readonly response?: unknown
}

/**
 * A language model of the AI SDK's provider specification, version 2, 3 or 4 (`ai` 5, 6 and 7), as `openai('gpt-5')`
 * returns it. Only these members are used, so every provider package fits and `@ai-sdk/provider` is not imported.
 */
export interface LanguageModel {
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  readonly provider: string
  readonly modelId: string
  /** The addresses that the model fetches itself: patterns by media type. @default none */
  readonly supportedUrls?: unknown
  doGenerate(call: LanguageModelCall): PromiseLike<LanguageModelResult>
  doStream(call: LanguageModelCall): PromiseLike<{ readonly stream: ReadableStream<unknown> }>
}

/** Is this a model of a supported version? A model name alone is not. */
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
