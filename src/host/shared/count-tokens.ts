import { isRecord } from '../../lib/json.ts'
import type { Usage } from '../../records/usage.ts'

/** The names under which a framework counts tokens. Counts of input and output include what is cached and reasoned. */
export interface UsageNames {
  readonly input: string
  readonly output: string
  /** Where cached input is counted, as a path of names. */
  readonly cached: readonly string[]
  /** Where input is counted that was written to a cache, as a path of names. @default nowhere */
  readonly cacheCreation?: readonly string[]
}

/** Reads the tokens of a model call. What is missing or no number counts as 0. */
export function readTokens(value: unknown, names: UsageNames): Usage {
  const inputTokens = readCount(value, [names.input])
  const outputTokens = readCount(value, [names.output])
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cachedInputTokens: readCount(value, names.cached),
    cacheCreationInputTokens: names.cacheCreation ? readCount(value, names.cacheCreation) : 0,
  }
}

function readCount(value: unknown, path: readonly string[]): number {
  const found = path.reduce<unknown>((at, name) => {
    const one: unknown = Array.isArray(at) ? at[0] : at
    return isRecord(one) ? one[name] : undefined
  }, value)
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : 0
}
