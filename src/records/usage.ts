/** The tokens of one or more model calls (docs/contracts/runs.md, 2.2). `details` are disjoint counts with a `total`. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly totalTokens: number
  readonly cachedInputTokens: number
  readonly cacheCreationInputTokens: number
  readonly details?: Readonly<Record<string, number>>
}

/** The usage before the first model call. */
export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}

/** Adds two usages. The sum has `details` only if both have them, or if the side without them is all zero. */
export function addUsage(a: Usage, b: Usage): Usage {
  const details = addDetails(a, b)
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheCreationInputTokens: a.cacheCreationInputTokens + b.cacheCreationInputTokens,
    ...(details ? { details } : {}),
  }
}

function addDetails(a: Usage, b: Usage): Record<string, number> | undefined {
  if (!a.details && isZero(a)) return b.details
  if (!b.details && isZero(b)) return a.details
  if (!a.details || !b.details) return undefined
  const sum: Record<string, number> = { ...a.details }
  for (const [name, count] of Object.entries(b.details)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

function isZero(usage: Usage): boolean {
  const { details: _, ...counts } = usage
  return Object.values(counts).every((count) => count === 0)
}
