import { toDecimal } from './canonical-values.ts'
import { type SqlToken, tokenizeSql } from './sql-tokens.ts'

interface Canonical {
  readonly text: string
  /** False when PostgreSQL may have written something else than what was declared. */
  readonly isCertain: boolean
}

/**
 * Compares an expression as a project writes it with the same expression as PostgreSQL prints it, which adds brackets, casts
 * and quotes. `unknown` means that the texts differ in parts which PostgreSQL rewrites.
 */
export function compareExpressions(
  declared: string,
  actual: string,
): 'same' | 'different' | 'unknown' {
  const [left, right] = [toCanonical(declared), toCanonical(actual)]
  if (!left || !right) return 'unknown'
  if (left.text === right.text) return 'same'
  return left.isCertain && right.isCertain ? 'different' : 'unknown'
}

// Words that stand for something which PostgreSQL prints in another form.
const rewritten: ReadonlySet<string> = new Set(
  `all any array at between bool btrim case cast collate current_date current_time current_timestamp date date_part distinct
  exists extract false in interval is_distinct isnull localtime localtimestamp ltrim normalize notnull now overlay position row
  rtrim similar some substring symmetric time timestamp timestamptz timezone trim true uescape`.split(
    /\s+/,
  ),
)

// The types of which PostgreSQL keeps a literal as it was written.
const textTypes: ReadonlySet<string> = new Set([
  'text',
  'varchar',
  'character',
  'bpchar',
  'name',
  'citext',
])
const numberTypes: ReadonlySet<string> = new Set(
  'smallint integer bigint numeric real double int int2 int4 int8 float4 float8 decimal'.split(' '),
)

function toCanonical(sql: string): Canonical | null {
  const tokens = tokenizeSql(sql)
  if (!tokens) return null
  const words: string[] = []
  let isCertain = true
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token || (token.kind === 'mark' && '()'.includes(token.text))) continue
    if (token.text === '::' && token.kind === 'operator') {
      const cast = readType(tokens, at + 1)
      at = cast.end - 1
      isCertain &&= applyCast(words, cast.name)
      continue
    }
    if (isQualifier(tokens, at)) {
      at++
      continue
    }
    if (token.kind === 'word' && rewritten.has(token.text)) isCertain = false
    words.push(toWord(token))
  }
  return { text: joinOperators(words).join(' '), isCertain }
}

// The schema, table or alias in front of a name.
function isQualifier(tokens: readonly SqlToken[], at: number): boolean {
  const [name, dot] = [tokens[at], tokens[at + 1]]
  return (
    (name?.kind === 'word' || name?.kind === 'quoted') && dot?.kind === 'mark' && dot.text === '.'
  )
}

function toWord({ kind, text }: SqlToken): string {
  if (kind === 'string') return `'${text}'`
  if (kind === 'number') return toDecimal(text) ?? text
  if (kind === 'quoted') return /^[a-z_]\w*$/.test(text) ? text : `"${text}"`
  return text === '!=' ? '<>' : text
}

// Leaves a cast out. Returns false when PostgreSQL has written the literal before it anew, as it does with dates.
function applyCast(words: string[], type: string): boolean {
  const last = words.at(-1)
  if (!last?.startsWith("'")) return true
  const number = numberTypes.has(type) ? toDecimal(last.slice(1, -1)) : null
  if (number !== null) words[words.length - 1] = number
  return number !== null || textTypes.has(type) || type.includes('.')
}

function readType(tokens: readonly SqlToken[], start: number): { name: string; end: number } {
  let at = start
  let name = ''
  do {
    name += (name && '.') + (tokens[at]?.text ?? '')
    at++
  } while (tokens[at]?.text === '.' && ++at > 0)
  while (/^(varying|precision)$/.test(tokens[at]?.text ?? '')) at++
  if (tokens[at]?.text === '(' && tokens[at + 1]?.kind === 'number') {
    while (tokens[at] && tokens[at]?.text !== ')') at++
    at++
  }
  if (/^with(out)?$/.test(tokens[at]?.text ?? '') && tokens[at + 1]?.text === 'time') at += 3
  while (tokens[at]?.text === '[' && tokens[at + 1]?.text === ']') at += 2
  return { name, end: at }
}

const spelled: Readonly<Record<string, string>> = { like: '~~', ilike: '~~*' }

// `not like` is `!~~`, and a sign belongs to the number that follows it.
function joinOperators(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const operator = spelled[word]
    const last = joined.at(-1)
    if (operator !== undefined && last === 'not') joined[joined.length - 1] = `!${operator}`
    else if (operator !== undefined) joined.push(operator)
    else if (last === '-' && isNumber(word) && isSign(joined.at(-2))) {
      joined[joined.length - 1] = `-${word}`
    } else joined.push(word)
  }
  return joined
}

function isNumber(word: string): boolean {
  return /^\d+(e-?\d+)?$/.test(word)
}

// A minus after a name or a number subtracts.
function isSign(before: string | undefined): boolean {
  return (
    before === undefined ||
    /^[-+*/<>=~!@#%^&|,]+$/.test(before) ||
    /^(and|or|not|then|else|when)$/.test(before)
  )
}
