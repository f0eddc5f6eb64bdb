import { isRecord } from '../../lib/json.ts'
import { compareText } from '../../lib/text.ts'
/** Tells whether two defaults, as SQL spells them, differ; when that cannot be told without running them, they do not. */
export function isOtherDefault(declared: string | null, actual: string | null): boolean {
  if (declared === null || actual === null) return declared !== actual
  const [own, theirs] = [parseDefault(declared), parseDefault(actual)]
  if (own.isLiteral !== theirs.isLiteral) return true
  if (own.isLiteral) return !isSameValue(own.text, theirs.text)
  return own.text !== theirs.text && isBareCall(own.text) && isBareCall(theirs.text)
}

/** Takes casts, parentheses and quotes off. */
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

/** Numbers, times, booleans and JSON may be spelled in several ways. */
function isSameValue(own: string, theirs: string): boolean {
  if (own === theirs) return true
  if (own.trim() !== '' && Number(own) === Number(theirs)) return true
  const [truth, other] = [truths[own.toLowerCase()], truths[theirs.toLowerCase()]]
  if (truth !== undefined && truth === other) return true
  if (/^[[{"]/.test(own)) return toCanonical(own) === toCanonical(theirs)
  return /^\d{4}-\d\d-\d\d/.test(own) && Date.parse(toUtc(own)) === Date.parse(toUtc(theirs))
}

const truths: Readonly<Record<string, boolean>> = { t: true, true: true, f: false, false: false }

/** A time without a zone is taken for one in UTC; `+00` is spelled `+00:00`. */
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
