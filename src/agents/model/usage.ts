import { isRecord } from '../../lib/json.ts'
import { noUsage, type Usage } from '../../records/usage.ts'

/** Why a model stopped, in the terms of the specification; v2 adds `unknown`. */
export type FinishReason = (typeof finishReasons)[number]

const finishReasons = [
  'stop',
  'length',
  'content-filter',
  'tool-calls',
  'error',
  'interrupted',
  'other',
  'unknown',
] as const

/** Reads a finish reason: a string in v2, `{ unified }` in v3 and v4. Any other value is `unknown`. */
export function toFinishReason(raw: unknown): FinishReason {
  const reason = isRecord(raw) ? raw.unified : raw
  return finishReasons.find((known) => known === reason) ?? 'unknown'
}

/**
 * Returns true for a finish without a reason of the provider: what its package reports when the stream ended early.
 * Version 2 calls it `unknown`; version 3 and 4 say `other` and give nothing in `raw`.
 */
export function isUnexplained(raw: unknown): boolean {
  if (!isRecord(raw)) return toFinishReason(raw) === 'unknown'
  const { unified, raw: provided } = raw
  const isVague = unified === 'other' || toFinishReason(unified) === 'unknown'
  return isVague && (provided === undefined || provided === null)
}

/** What a finish part says about tokens, and whose model sent it. */
export interface Finish {
  readonly usage?: unknown
  readonly providerMetadata?: unknown
}

/**
 * Reads the tokens of one call as the provider counted them: flat in v2, nested in v3 and v4. `inputTokens` include cached
 * tokens and `outputTokens` include reasoning, so both add up to `totalTokens`. A missing count is 0. `details` are there
 * only when the provider breaks its counts down and the buckets add up to `totalTokens`.
 *
 * @param provider The name of the provider, because flat counts do not mean the same everywhere.
 *
 * @see docs/decisions/027-what-a-token-count-means.md
 */
export function toUsage({ usage: raw, providerMetadata }: Finish, provider: string): Usage {
  if (!isRecord(raw)) return noUsage
  const written = readWritten(providerMetadata)
  const isNested = isRecord(raw.inputTokens) || isRecord(raw.outputTokens)
  const counts = isNested ? readNested(raw, written) : readFlat(raw, written, provider)
  const { input, output, cached, cacheCreation, total, reasoning, isBrokenDown, fresh, text } =
    counts
  const usage = {
    inputTokens: input,
    outputTokens: output,
    totalTokens: total,
    cachedInputTokens: cached,
    cacheCreationInputTokens: cacheCreation,
  }
  const buckets = {
    input: fresh ?? input - cached - cacheCreation,
    cachedInput: cached,
    cacheCreationInput: cacheCreation,
    output: text ?? output - reasoning,
    reasoning,
  }
  const all = Object.values(buckets)
  const isWhole = all.every((count) => count >= 0) && sum(all) === total
  return isBrokenDown && isWhole ? { ...usage, details: { ...buckets, total } } : usage
}

interface Counts {
  readonly input: number
  readonly output: number
  readonly total: number
  readonly cached: number
  readonly cacheCreation: number
  readonly reasoning: number
  readonly isBrokenDown: boolean
  /** Input that was neither read from a cache nor written to one; null when the provider does not say. */
  readonly fresh: number | null
  /** Output without reasoning; null when the provider does not say. */
  readonly text: number | null
}

function readNested(raw: Record<string, unknown>, written: number | null): Counts {
  const input = isRecord(raw.inputTokens) ? raw.inputTokens : { total: raw.inputTokens }
  const output = isRecord(raw.outputTokens) ? raw.outputTokens : { total: raw.outputTokens }
  const parts = [input.noCache, input.cacheRead, input.cacheWrite]
  const inputTotal = isCount(input.total) ? input.total : sum(parts.map(toCount))
  const outputTotal = isCount(output.total)
    ? output.total
    : sum([output.text, output.reasoning].map(toCount))
  return {
    input: inputTotal,
    output: outputTotal,
    total: toCount(raw.totalTokens) || inputTotal + outputTotal,
    cached: toCount(input.cacheRead),
    cacheCreation: isCount(input.cacheWrite) ? input.cacheWrite : (written ?? 0),
    reasoning: toCount(output.reasoning),
    isBrokenDown: [input.cacheRead, input.cacheWrite, output.reasoning].some(isCount),
    fresh: isCount(input.noCache) ? input.noCache : null,
    text: isCount(output.text) ? output.text : null,
  }
}

/** These providers count cached and written tokens beside the input, and their packages for v2 pass the numbers on. */
const countsCacheApart = /anthropic|bedrock/i

/**
 * Reads flat counts. Some providers count cached tokens within the input and reasoning within the output, others beside;
 * the total tells which, because it counts everything once.
 */
function readFlat(raw: Record<string, unknown>, written: number | null, provider: string): Counts {
  const [given, output, cached, reasoning] = [
    raw.inputTokens,
    raw.outputTokens,
    raw.cachedInputTokens,
    raw.reasoningTokens,
  ].map(toCount) as [number, number, number, number]
  const cacheCreation = written ?? 0
  const inCache = cached + cacheCreation
  const isCacheApart = countsCacheApart.test(provider)
  const reported = toCount(raw.totalTokens)
  // What the total has beyond input and output was counted beside them.
  const beyond = reported - given - output
  const isReasoningBeside = beyond === reasoning || beyond === reasoning + inCache
  const isCacheBeside =
    isCacheApart || beyond === reasoning + inCache || (beyond === inCache && beyond !== reasoning)
  const input = given + (isCacheBeside ? inCache : 0)
  const whole = input + output + (isReasoningBeside ? reasoning : 0)
  return {
    input,
    output: output + (isReasoningBeside ? reasoning : 0),
    total: isCacheApart ? Math.max(reported, whole) : reported || whole,
    cached,
    cacheCreation,
    reasoning,
    isBrokenDown: written !== null || [raw.cachedInputTokens, raw.reasoningTokens].some(isCount),
    fresh: null,
    text: null,
  }
}

const writtenNames = [
  'cacheCreationInputTokens',
  'cacheWriteInputTokens',
  'cache_creation_input_tokens',
]

/** Reads the tokens written to a cache, which v2 has no place for, from the metadata of any provider; null for none. */
function readWritten(metadata: unknown): number | null {
  const providers = isRecord(metadata) ? Object.values(metadata).filter(isRecord) : []
  const counts = providers
    .flatMap((own) => (isRecord(own.usage) ? [own, own.usage] : [own]))
    .flatMap((own) => writtenNames.map((name) => own[name]))
  return counts.find(isCount) ?? null
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function toCount(value: unknown): number {
  return isCount(value) ? value : 0
}
