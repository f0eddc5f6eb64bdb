import type { AppModel } from './snapshot.ts'

/** One word of `match=`: a name, a part of one, or a pattern with `*` and `?`. Lower case. */
export interface Term {
  readonly text: string
  readonly isPattern: boolean
}

/** Splits at commas and white space. */
export function parseMatch(match: string): Term[] {
  const words = match.toLowerCase().split(/[\s,]+/)
  return words.filter(Boolean).map((text) => ({ text, isPattern: /[*?]/.test(text) }))
}

/**
 * Tells how well the best of the terms fits: 4 a whole name, 3 a pattern, 2 a part of a name, 1 a part of the other texts, 0
 * not at all.
 */
export function rank(
  terms: readonly Term[],
  names: readonly string[],
  texts: readonly string[] = [],
): number {
  const known = names.map((name) => name.toLowerCase())
  const told = texts.map((text) => text.toLowerCase())
  return Math.max(0, ...terms.map((term) => rankOne(term, known, told)))
}

function rankOne(
  { text, isPattern }: Term,
  names: readonly string[],
  texts: readonly string[],
): number {
  if (isPattern) return names.some((name) => fits(text, name)) ? 3 : 0
  if (names.includes(text)) return 4
  if (names.some((name) => name.includes(text))) return 2
  return texts.some((other) => other.includes(text)) ? 1 : 0
}

/** Ranks a model by its name, table and app, then its description and fields; sensitive fields tell nothing. */
export function rankModel(terms: readonly Term[], model: AppModel): number {
  const { name, table, app, schema, description, fields } = model
  const told = fields.filter(({ sensitive }) => !sensitive)
  const texts = told.flatMap((field) => [field.name, field.column, field.description ?? ''])
  const names = [name, table, `${app}.${name}`, `${schema ?? app}.${table}`]
  return rank(terms, names, [description ?? '', ...texts])
}

/** Does the whole text fit a pattern of `*` (any characters) and `?` (one)? In time linear in both for each `*`. */
function fits(pattern: string, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const wanted = pattern[from]
    if (wanted === '*') {
      star = from++
      resume = at
    } else if (wanted === '?' || wanted === text[at]) {
      from++
      at++
    } else if (star >= 0) {
      from = star + 1
      at = ++resume
    } else return false
  }
  return /^\**$/.test(pattern.slice(from))
}
