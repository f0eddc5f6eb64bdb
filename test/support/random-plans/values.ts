import type { Column, Kind } from './tables.ts'

/** An exact decimal number: `digits` divided by 10 to the power of `scale`. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

export function toDecimal(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

function align(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale)
  const lift = ({ digits, scale: own }: Decimal) => digits * 10n ** BigInt(scale - own)
  return [lift(a), lift(b), scale]
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = align(a, b)
  return { digits: left + right, scale }
}

export function writeDecimal({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
  return sign + (scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`)
}

/** Divides like PostgreSQL: at least 16 significant digits, counted in groups of four, and rounds half away from zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  const [weightA, firstA] = leading(a)
  const [weightB, firstB] = leading(b)
  const weight = weightA - weightB - (firstA <= firstB ? 1 : 0)
  const scale = Math.max(16 - weight * 4, a.scale, b.scale, 0)
  const [left, right] = align(a, b)
  const lifted = left * 10n ** BigInt(scale + 1)
  const raw = lifted / right
  const half = raw < 0n ? -5n : 5n
  return { digits: (raw + half) / 10n, scale }
}

/** The weight of the first group of four digits that is not zero, and the group. */
function leading({ digits, scale }: Decimal): readonly [number, number] {
  if (digits === 0n) return [0, 0]
  const [whole = '', fraction = ''] = writeDecimal({
    digits: digits < 0n ? -digits : digits,
    scale,
  }).split('.')
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, '0')
  const all = left + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  for (let at = 0; at < all.length; at += 4) {
    const group = Number(all.slice(at, at + 4))
    if (group !== 0) return [left.length / 4 - 1 - at / 4, group]
  }
  return [0, 0]
}

/** Compares two values of a column: below 0, 0 or above 0. */
export function compareValues(kind: Kind, labels: readonly string[], a: string, b: string): number {
  switch (kind) {
    case 'int':
    case 'exact': {
      const [left, right] = align(toDecimal(a), toDecimal(b))
      return left < right ? -1 : left > right ? 1 : 0
    }
    case 'float':
      return Number(a) - Number(b)
    case 'bool':
      return Number(a.startsWith('t')) - Number(b.startsWith('t'))
    case 'enum':
      return labels.indexOf(a) - labels.indexOf(b)
    case 'time':
      return Buffer.compare(Buffer.from(toMoment(a)), Buffer.from(toMoment(b)))
    default:
      return Buffer.compare(Buffer.from(a), Buffer.from(b))
  }
}

/** Fills up the fraction of seconds, so that moments compare as texts. All of them are in UTC. */
function toMoment(text: string): string {
  const [, moment = text, fraction = ''] = /^([^.+]*)(?:\.(\d+))?/.exec(text) ?? []
  return `${moment}.${fraction.padEnd(6, '0')}`
}

/** Returns the JSON that an answer has to hold for a value. */
export function toAnswer(
  { kind, type }: Pick<Column, 'kind' | 'type'>,
  text: string | null,
): unknown {
  if (text === null) return null
  if (kind === 'int' || kind === 'float') return Number(text)
  if (kind === 'bool') return text === 'true'
  if (kind === 'array' || type === 'json' || type === 'jsonb') return JSON.parse(text) as unknown
  if (type === 'timestamptz') return `${text.replace(' ', 'T')}:00`
  return type === 'timestamp' ? text.replace(' ', 'T') : text
}
