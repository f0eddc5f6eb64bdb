import { badRequest } from '../../errors.ts'
import { quoteIdentifier, quoteLiteral } from '../../lib/sql.ts'

/** A piece of an SQL text, as PostgreSQL's scanner cuts it. */
export interface SqlToken {
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
export function toTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  let at = 0
  let depth = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(sql)
    if (found) at = pattern.lastIndex
    return found
  }
  const add = (kind: SqlToken['kind'], text: string, name = '', isQuoted = false) =>
    tokens.push({ kind, sql: text, name, isQuoted })
  while (at < sql.length) {
    if (take(patterns.space) ?? take(patterns.lineComment)) continue
    if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at)
      continue
    }
    if (sql[at] === ';' && /^[;\s]*$/.test(sql.slice(at))) break
    if (/^[uU]&["']/.test(sql.slice(at, at + 3)))
      throw refuse('texts and names with U& are not read')
    const text = take(patterns.escapedText) ?? take(patterns.bits)
    if (text) {
      add('text', text[0])
      continue
    }
    const plain = take(patterns.plainText)
    if (plain) {
      add('text', quoteLiteral((plain[1] ?? '').replaceAll("''", "'")))
      continue
    }
    const quoted = take(patterns.quotedName)
    if (quoted) {
      const name = (quoted[1] ?? '').replaceAll('""', '"')
      add('name', quoteIdentifier(name), name, true)
      continue
    }
    const dollar = take(patterns.dollar)
    if (dollar) {
      const end = sql.indexOf(dollar[0], at)
      if (end < 0) throw refuse('a text that starts with a dollar quote does not end')
      add('text', quoteLiteral(sql.slice(at, end)))
      at = end + dollar[0].length
      continue
    }
    const parameter = take(patterns.parameter)
    if (parameter) {
      add('parameter', parameter[0], parameter[1])
      continue
    }
    const name = take(patterns.name)
    if (name) {
      // PostgreSQL looks up a name in lower case; it changes only the letters of ASCII.
      add(
        'name',
        name[0],
        name[0].replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
      )
      continue
    }
    const other = take(patterns.number) ?? take(patterns.operator) ?? take(patterns.mark)
    if (!other) throw refuse(explainLetter(sql[at] ?? ''))
    if (other[0] === '(') depth++
    if (other[0] === ')') depth--
    if (depth < 0) throw refuse('a parenthesis closes that was not opened')
    add('other', other[0])
  }
  if (depth > 0) throw refuse('a parenthesis is not closed')
  return tokens
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
