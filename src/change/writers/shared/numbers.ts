/** The numbers that exist, and how many more are needed. */
interface NumberRequest {
  /** Digits, in any order. */
  readonly existing: readonly string[]
  /** The width of the first number, where none exists: 14 is a time such as `20260131235959`, and 4 a count. */
  readonly width: number
  /** In milliseconds since 1970. */
  readonly now: number
  readonly count: number
}

/** The smallest unit, in milliseconds, of a time that is written as digits: by their number. */
const units: Readonly<Record<number, number>> = {
  8: 86_400_000,
  12: 60_000,
  14: 1_000,
  17: 1,
}

/**
 * Continues a series of numbers in its own style: a count, seconds or milliseconds since 1970, or a time in UTC with 8, 12, 14
 * or 17 digits. Each is greater than every one before it, even where the clock is behind.
 */
export function continueNumbers({ existing, width, now, count }: NumberRequest): string[] {
  const newest = existing.reduce<string | null>(
    (most, one) => (most === null || BigInt(one) > BigInt(most) ? one : most),
    null,
  )
  const current = writeNow(newest ?? '0'.repeat(width), newest === null, now)
  let next = newest === null ? (current ?? toWidth(1n, width)) : increase(newest)
  if (current !== null && BigInt(current) > BigInt(next)) next = current
  const numbers: string[] = []
  while (numbers.length < count) {
    numbers.push(next)
    next = increase(next)
  }
  return numbers
}

/** Writes the current time in the style of a number; null for a count. */
function writeNow(example: string, isFirst: boolean, now: number): string | null {
  const width = example.length
  if (width in units) return isFirst || readTime(example) !== null ? writeTime(now, width) : null
  const isEpoch = isFirst || example.startsWith('1')
  if (width === 13 && isEpoch) return toWidth(BigInt(Math.trunc(now)), width)
  return width === 10 && isEpoch ? toWidth(BigInt(Math.trunc(now / 1000)), width) : null
}

/** Returns the next number: the next unit of a time, so that the 59th second is followed by a new minute. */
function increase(number: string): string {
  const time = readTime(number)
  const unit = units[number.length]
  if (time === null || unit === undefined) return toWidth(BigInt(number) + 1n, number.length)
  return writeTime(time + unit, number.length)
}

function readTime(digits: string): number | null {
  const width = digits.length
  if (!(width in units) || !/^(19|20)/.test(digits)) return null
  const at = (from: number, to: number) => Number(digits.slice(from, to))
  const time = Date.UTC(
    at(0, 4),
    at(4, 6) - 1,
    at(6, 8),
    at(8, 10),
    at(10, 12),
    at(12, 14),
    at(14, 17),
  )
  return writeTime(time, width) === digits ? time : null
}

function writeTime(time: number, width: number): string {
  return new Date(time).toISOString().replace(/\D/g, '').slice(0, width)
}

function toWidth(number: bigint, width: number): string {
  return String(number).padStart(width, '0')
}
