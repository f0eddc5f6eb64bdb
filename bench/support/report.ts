import type { BenchServer } from './server.ts'

/** The environment of one part of `bench:durable`. */
export interface DurableContext {
  readonly server: BenchServer
  /** A quick look: fewer rounds, smaller tables. */
  readonly short: boolean
}

/** The result of one part: a table to print, and whether it is within its limits. */
export interface DurableTable {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, string | number | boolean>>[]
  readonly ok: boolean
}

/** Returns a quantile: the sample below which this share of all samples lies, 0 to 1. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Measures a call in milliseconds. */
export async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await call()
  return performance.now() - start
}

/** Returns the median: the middle sample, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
