import { compareText } from '../../lib/text.ts'

/** Returns the number at the start of a name, of any length; -1 without one. */
export function toNumber(name: string): bigint {
  const [digits] = /^\d+/.exec(name) ?? []
  return digits === undefined ? -1n : BigInt(digits)
}

/** Compares names by their leading numbers, then as text. */
export function compareNumbered(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)]
  return x < y ? -1 : x > y ? 1 : compareText(a, b)
}
