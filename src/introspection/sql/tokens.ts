import { badRequest } from '../../errors.ts'
import { quoteIdentifier, quoteLiteral } from '../../lib/sql.ts'

/** A piece of an SQL text, as PostgreSQL's scanner cuts it. */
export interface StatementToken {
  readonly kind: 'name' | 'text' | 'parameter' | 'other'
  /** How it is written into the statement. */
  readonly sql: string
  /** Of a name: in the spelling by which PostgreSQL looks it up. */
  readonly name: string
  /** True for a name in quotes, which is never a keyword. */
  readonly isQuoted: boolean
}

const patterns = {
  space: /\s+/y,
  lineComment: /--[^\n\r]*/y,
  quotedName: /"((?:[^"]|"")+)"/y,
  escapedText: /[eE]'(?:[^'\\]|''|\\[\s\S])*'/y,
  plainText: /'((?:[^']|'')*)'/y,
  bits: /[bBxX]'[0-9a-fA-F]*'/y,
  dollar: /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y,
  parameter: /\$(\d+)/y,
  name: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
  number: /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y,
  operator: /(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?:])+/y,
  mark: /[()[\],.]/y,
}

/**
 * Cuts an SQL text into tokens, without comments and the last semicolon.
 *
 * @throws StudioError `bad_request` for what a single statement does not have: another one, an open quote, unbalanced
 *   parentheses.
 */
export function toTokens(sql: string): StatementToken[] {
  const tokens: StatementToken[] = []
  let depth = 0
  for (let at = 0; at < sql.length;) {
    const skipped = endOfBlank(sql, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    if (sql[at] === ';' && /^[;\s]*$/.test(sql.slice(at))) break
    const [token, end] = readText(sql, at) ?? readName(sql, at) ?? readOther(sql, at)
    if (token.sql === '(') depth++
    if (token.sql === ')') depth--
    if (depth < 0) throw refuse('a parenthesis closes that was not opened')
    tokens.push(token)
    at = end
  }
  if (depth > 0) throw refuse('a parenthesis is not closed')
  return tokens
}

/** A token, and where the text behind it begins. */
type Found = readonly [token: StatementToken, end: number]

function match(pattern: RegExp, sql: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(sql)
}

/** Returns where white space and comments end. */
function endOfBlank(sql: string, at: number): number {
  if (sql.startsWith('/*', at)) return endOfComment(sql, at)
  const blank = match(patterns.space, sql, at) ?? match(patterns.lineComment, sql, at)
  return at + (blank?.[0].length ?? 0)
}

/** Texts are written anew, so that nothing that reads the statement later can see another end of them. */
function readText(sql: string, at: number): Found | null {
  if (/^[uU]&["']/.test(sql.slice(at, at + 3))) throw refuse('texts and names with U& are not read')
  const toText = (written: string, length: number): Found => {
    return [{ kind: 'text', sql: written, name: '', isQuoted: false }, at + length]
  }
  const asIs = match(patterns.escapedText, sql, at) ?? match(patterns.bits, sql, at)
  if (asIs) return toText(asIs[0], asIs[0].length)
  const plain = match(patterns.plainText, sql, at)
  if (plain) return toText(quoteLiteral((plain[1] ?? '').replaceAll("''", "'")), plain[0].length)
  const dollar = match(patterns.dollar, sql, at)
  if (!dollar) return null
  const start = at + dollar[0].length
  const end = sql.indexOf(dollar[0], start)
  if (end < 0) throw refuse('a text that starts with a dollar quote does not end')
  return toText(quoteLiteral(sql.slice(start, end)), end + dollar[0].length - at)
}

function readName(sql: string, at: number): Found | null {
  const quoted = match(patterns.quotedName, sql, at)
  if (quoted) {
    const name = (quoted[1] ?? '').replaceAll('""', '"')
    const token = { kind: 'name', sql: quoteIdentifier(name), name, isQuoted: true } as const
    return [token, at + quoted[0].length]
  }
  const plain = match(patterns.name, sql, at)
  if (!plain) return null
  // PostgreSQL looks up a name in lower case; it changes only the letters of ASCII.
  const name = plain[0].replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return [{ kind: 'name', sql: plain[0], name, isQuoted: false }, at + plain[0].length]
}

function readOther(sql: string, at: number): Found {
  const parameter = match(patterns.parameter, sql, at)
  if (parameter) {
    const [text, name = ''] = parameter
    return [{ kind: 'parameter', sql: text, name, isQuoted: false }, at + text.length]
  }
  const other =
    match(patterns.number, sql, at) ??
    match(patterns.operator, sql, at) ??
    match(patterns.mark, sql, at)
  if (!other) throw refuse(explainLetter(sql[at] ?? ''))
  return [{ kind: 'other', sql: other[0], name: '', isQuoted: false }, at + other[0].length]
}

/** Makes the error of an SQL text that is not run. */
export function refuse(reason: string): Error {
  return badRequest(`Invalid SQL: ${reason}`, [{ path: 'sql', message: reason }])
}

function explainLetter(letter: string): string {
  if (letter === ';') return 'only one statement is possible'
  if (letter === "'" || letter === '"') return 'a quote is not closed'
  return `unexpected ${JSON.stringify(letter)}`
}

/** Comments of PostgreSQL contain each other. */
function endOfComment(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith('/*', at)) depth++
    else if (sql.startsWith('*/', at)) depth--
    else continue
    at++
    if (depth === 0) return at + 1
  }
  throw refuse('a comment is not closed')
}
