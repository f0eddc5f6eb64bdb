import type { Json } from './json.ts'

/** Splits JSON text into strings, numbers and the rest. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gs

/** Which numbers of a JSON text become strings: those that a double cannot hold, all, or none. */
export type NumbersAsText = 'inexact' | 'all' | 'none'

/**
 * Parses JSON without losing digits: a number that JavaScript cannot hold becomes a string with all its digits.
 *
 * @throws SyntaxError for text that is not JSON.
 */
export function parseExactJson(text: string, asText: NumbersAsText = 'inexact'): Json {
  if (asText === 'none' || !/\d/.test(text)) return JSON.parse(text) as Json
  const quoted = text.replace(token, (found) => {
    const isNumber = !found.startsWith('"')
    return isNumber && (asText === 'all' || !isExact(found)) ? `"${found}"` : found
  })
  return JSON.parse(quoted) as Json
}

/** Returns true for a number whose digits survive as a double. Of integers, only those up to 2^53 - 1 do. */
function isExact(number: string): boolean {
  const hasExponent = /e/i.test(number)
  if (number.length <= 15 && !hasExponent) return true
  if (number.length > 400) return false
  const value = Number(number)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false
  return toDigits(String(value)) === toDigits(number)
}

/** Returns the sign, the digits without outer zeros, and the place of the first digit. */
function toDigits(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i.exec(number) ?? []
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  const place = whole.length - (all.length - digits.length) + Number(exponent)
  return digits === '' ? '0' : `${sign}${digits.replace(/0+$/, '')}@${place}`
}
