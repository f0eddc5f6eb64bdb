import type { AppModel } from './snapshot.ts'

/** One word of `match=`, in lower case: a name, a part of a name, or a pattern with `*` and `?`. */
export interface Term {
  readonly text: string
  readonly isPattern: boolean
}

/** Splits the value of `match=` at commas and white space. */
export function parseMatch(match: string): Term[] {
  const words = match.toLowerCase().split(/[\s,]+/)
  return words.filter(Boolean).map((text) => ({ text, isPattern: /[*?]/.test(text) }))
}

/**
 * Rates how well the best of the terms matches: 4 for a whole name, 3 for a pattern, 2 for a part of a name, 1 for a part of
 * the other texts, 0 for no match.
 */
export function rank(
  terms: readonly Term[],
  names: readonly string[],
  texts: readonly string[] = [],
): number {
  const lowerNames = names.map((name) => name.toLowerCase())
  const lowerTexts = texts.map((text) => text.toLowerCase())
  return Math.max(0, ...terms.map((term) => rankTerm(term, lowerNames, lowerTexts)))
}

function rankTerm(
  { text, isPattern }: Term,
  names: readonly string[],
  texts: readonly string[],
): number {
  if (isPattern) return names.some((name) => matchesPattern(text, name)) ? 3 : 0
  if (names.includes(text)) return 4
  if (names.some((name) => name.includes(text))) return 2
  return texts.some((other) => other.includes(text)) ? 1 : 0
}

/** Rates a model by its name, table and app, then by its description and its fields. Sensitive fields do not count. */
export function rankModel(terms: readonly Term[], model: AppModel): number {
  const { name, table, app, schema, description, fields } = model
  const visible = fields.filter(({ sensitive }) => !sensitive)
  const texts = visible.flatMap((field) => [field.name, field.column, field.description ?? ''])
  const names = [name, table, `${app}.${name}`, `${schema ?? app}.${table}`]
  return rank(terms, names, [description ?? '', ...texts])
}

/** Matches a whole text against a pattern of `*` (any characters) and `?` (one character). */
function matchesPattern(pattern: string, text: string): boolean {
  // Not a regular expression: this takes at most pattern × text steps, so a hostile pattern cannot stall the process.
  let at = 0
  let from = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const expected = pattern[from]
    if (expected === '*') {
      star = from++
      resume = at
    } else if (expected === '?' || expected === text[at]) {
      from++
      at++
    } else if (star >= 0) {
      from = star + 1
      at = ++resume
    } else return false
  }
  return /^\**$/.test(pattern.slice(from))
}
