import { isRecord } from '../../lib/json.ts'
import { compareText } from '../../lib/text.ts'
import { toCanonicalTime } from './time-values.ts'

type Reader = (text: string) => string | null

const exact: Reader = (text) => text
const readers: Readonly<Record<string, Reader>> = {
  bool: toTruth,
  int2: toWhole,
  int4: toWhole,
  int8: toWhole,
  oid: toWhole,
  numeric: toDecimal,
  float4: (text) => toFloat(text, Math.fround),
  float8: (text) => toFloat(text, Number),
  text: exact,
  varchar: exact,
  citext: exact,
  name: exact,
  char: exact,
  bpchar: (text) => text.trimEnd(),
  json: toJson,
  jsonb: toJson,
  uuid: (text) => /^[\da-f]{32}$/.exec(text.toLowerCase().replace(/[-{}]/g, ''))?.[0] ?? null,
  bytea: toBytes,
  bit: toBits,
  varbit: toBits,
  inet: (text) => /^\d+(\.\d+){3}(\/\d+)?$/.exec(text.trim())?.[0].replace(/\/32$/, '') ?? null,
  cidr: (text) => /^\d+(\.\d+){3}\/\d+$/.exec(text.trim())?.[0] ?? null,
  macaddr: toHardwareAddress,
  macaddr8: toHardwareAddress,
}
const times: ReadonlySet<string> = new Set([
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
  'interval',
])

/**
 * Returns the one spelling of a value that all its spellings share, by the base type of its column. Null means that only the
 * server could tell, which is so for every type that is not listed here.
 */
export function toCanonicalValue(baseType: string, text: string): string | null {
  if (times.has(baseType)) return toCanonicalTime(baseType, text)
  return readers[baseType]?.(text) ?? null
}

function toTruth(text: string): string | null {
  const word = text.trim().toLowerCase()
  const startsAs = (full: string, least = 1) => word.length >= least && full.startsWith(word)
  if (word === '1' || startsAs('true') || startsAs('yes') || word === 'on') return 'true'
  return word === '0' || startsAs('false') || startsAs('no') || startsAs('off', 2) ? 'false' : null
}

// A fraction would be rounded.
function toWhole(text: string): string | null {
  const decimal = toDecimal(text)
  return decimal !== null && !decimal.includes('e-') ? decimal : null
}

/** Writes a decimal number as its significant digits and an exponent of ten. */
export function toDecimal(text: string): string | null {
  const plain = text.trim().replaceAll('_', '')
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(plain) ?? []
  if (sign === undefined || whole + fraction === '') return null
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign === '-' ? '-' : ''}${significant}e${power}`
}

function toFloat(text: string, round: (value: number) => number): string | null {
  if (toDecimal(text) !== null) return String(round(Number(text.trim().replaceAll('_', ''))) + 0)
  const [, sign = '', word] = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(text.trim()) ?? []
  return word === undefined ? null : sign.replace('+', '') + word.toLowerCase().slice(0, 3)
}

// JavaScript cannot hold more than 15 digits for certain, so such numbers are not compared.
function toJson(text: string): string | null {
  if (/\d{16}/.test(text)) return null
  try {
    return JSON.stringify(JSON.parse(text, sortKeys))
  } catch {
    return null
  }
}

function sortKeys(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b))
  return Object.fromEntries(entries)
}

function toBytes(text: string): string | null {
  if (/^\\x[\da-f\s]*$/i.test(text)) return text.slice(2).replace(/\s/g, '').toLowerCase()
  if (text.includes('\\')) return null
  const bytes = new TextEncoder().encode(text)
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function toBits(text: string): string | null {
  return /^b?([01]+)$/i.exec(text.trim())?.[1] ?? null
}

function toHardwareAddress(text: string): string | null {
  return /^[\da-f]+$/.exec(text.toLowerCase().replace(/[-:.\s]/g, ''))?.[0] ?? null
}
