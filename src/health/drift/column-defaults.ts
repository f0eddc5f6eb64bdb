import { isRecord } from '../../lib/json.ts'
import { compareText } from '../../lib/text.ts'

/**
 * Returns true when two defaults, written in SQL, differ for certain. Expressions that would have to be evaluated count as
 * equal.
 */
export function isOtherDefault(declared: string | null, actual: string | null): boolean {
  if (declared === null || actual === null) return declared !== actual
  const [left, right] = [parseDefault(declared), parseDefault(actual)]
  if (left.isLiteral !== right.isLiteral) return true
  if (left.isLiteral) return !isSameValue(left.text, right.text)
  return left.text !== right.text && isBareCall(left.text) && isBareCall(right.text)
}

// Removes casts, parentheses and quotes.
function parseDefault(sql: string): { readonly text: string; readonly isLiteral: boolean } {
  let text = sql.trim()
  for (let before = ''; before !== text;) {
    before = text
    text = text.replace(/::[\w ."]+(\([\d, ]*\))?( with(out)? time zone)?(\[\])*$/i, '').trim()
    const [, inner] = /^\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(text) ?? []
    if (inner !== undefined) text = inner.trim()
  }
  const [, quoted] = /^E?'((?:[^']|'')*)'$/s.exec(text) ?? []
  if (quoted !== undefined) return { text: quoted.replaceAll("''", "'"), isLiteral: true }
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return { text, isLiteral: true }
  if (/^(true|false|null)$/i.test(text)) return { text: text.toLowerCase(), isLiteral: true }
  const call = text
    .toLowerCase()
    .replace(/^pg_catalog\./, '')
    .replace(/\s+/g, '')
  return { text: synonyms[call] ?? call, isLiteral: false }
}

const synonyms: Readonly<Record<string, string>> = {
  current_timestamp: 'now()',
  'transaction_timestamp()': 'now()',
  localtimestamp: 'now()',
}

function isBareCall(text: string): boolean {
  return /^[\w.]+\(\)$/.test(text) || /^current_\w+$/.test(text)
}

// Numbers, times, booleans and JSON can be written in several ways.
function isSameValue(left: string, right: string): boolean {
  if (left === right) return true
  if (left.trim() !== '' && Number(left) === Number(right)) return true
  const [truth, other] = [truths[left.toLowerCase()], truths[right.toLowerCase()]]
  if (truth !== undefined && truth === other) return true
  if (/^[[{"]/.test(left)) return toCanonical(left) === toCanonical(right)
  return /^\d{4}-\d\d-\d\d/.test(left) && Date.parse(toUtc(left)) === Date.parse(toUtc(right))
}

const truths: Readonly<Record<string, boolean>> = { t: true, true: true, f: false, false: false }

// A time without a zone counts as UTC. `+00` becomes `+00:00`, the only form that `Date.parse` reads.
function toUtc(time: string): string {
  const zoned = time.replace(/:\d\d(\.\d+)?[+-]\d\d$/, '$&:00')
  return /:\d\d(\.\d+)?$/.test(zoned) && zoned === time ? `${time}Z` : zoned
}

function toCanonical(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json, sortKeys))
  } catch {
    return json
  }
}

function sortKeys(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareText(a, b)))
}
