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

/**
 * Reads the tokens of one call: flat in v2, nested in v3 and v4. A missing count is 0. When the provider breaks its counts
 * down, `details` has buckets that add up to its `total`.
 */
export function toUsage(raw: unknown): Usage {
  if (!isRecord(raw)) return noUsage
  const input = isRecord(raw.inputTokens) ? raw.inputTokens : flatInput(raw)
  const output = isRecord(raw.outputTokens) ? raw.outputTokens : flatOutput(raw)
  const inputTokens = toCount(input.total)
  const outputTokens = toCount(output.total)
  const cachedInputTokens = toCount(input.cacheRead)
  const cacheCreationInputTokens = toCount(input.cacheWrite)
  const usage = {
    inputTokens,
    outputTokens,
    totalTokens: toCount(raw.totalTokens) || inputTokens + outputTokens,
    cachedInputTokens,
    cacheCreationInputTokens,
  }
  const isBrokenDown = [input.cacheRead, input.cacheWrite, output.reasoning].some(isCount)
  return isBrokenDown ? { ...usage, details: toDetails(usage, toCount(output.reasoning)) } : usage
}

function flatInput(raw: Record<string, unknown>): Record<string, unknown> {
  return { total: raw.inputTokens, cacheRead: raw.cachedInputTokens }
}

function flatOutput(raw: Record<string, unknown>): Record<string, unknown> {
  return { total: raw.outputTokens, reasoning: raw.reasoningTokens }
}

function toDetails(usage: Usage, reasoning: number): Record<string, number> {
  const { inputTokens, outputTokens, cachedInputTokens, cacheCreationInputTokens } = usage
  const input = Math.max(0, inputTokens - cachedInputTokens - cacheCreationInputTokens)
  const output = Math.max(0, outputTokens - reasoning)
  return {
    input,
    cachedInput: cachedInputTokens,
    cacheCreationInput: cacheCreationInputTokens,
    output,
    reasoning,
    total: input + cachedInputTokens + cacheCreationInputTokens + output + reasoning,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function toCount(value: unknown): number {
  return isCount(value) ? value : 0
}
