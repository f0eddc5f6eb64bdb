import { compareText } from '../../lib/text.ts'

/** Answers the number a name begins with, however long; -1 without one. */
export function toNumber(name: string): bigint {
  const [digits] = /^\d+/.exec(name) ?? []
  return digits === undefined ? -1n : BigInt(digits)
}

/** Orders names by the numbers they begin with, then as text. */
export function compareNumbered(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)]
  return x < y ? -1 : x > y ? 1 : compareText(a, b)
}
