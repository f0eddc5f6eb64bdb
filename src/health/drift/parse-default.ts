import { type SqlToken, tokenizeSql } from './sql-tokens.ts'

/** A default, read as far as two of them can be compared. Casts are left out: the type of the column decides what a value is. */
export type DefaultNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly DefaultNode[] }
  /** A call without arguments, such as `now()` or `CURRENT_USER`. */
  | { readonly kind: 'call'; readonly schema: string | null; readonly name: string }
  /** Any other expression. */
  | { readonly kind: 'expression'; readonly isCall: boolean }

interface Cursor {
  readonly tokens: readonly SqlToken[]
  at: number
}

/** Reads the SQL of a default; anything that is neither a value nor a plain call becomes an `expression`. */
export function parseDefault(sql: string): DefaultNode {
  const tokens = tokenizeSql(sql)
  const cursor = { tokens: tokens ?? [], at: 0 }
  const node = tokens && parseCast(cursor)
  if (node && cursor.at === cursor.tokens.length) return node
  return { kind: 'expression', isCall: false }
}

function peek({ tokens, at }: Cursor, ahead = 0): SqlToken | undefined {
  return tokens[at + ahead]
}

function skip(cursor: Cursor, ...texts: readonly string[]): boolean {
  const token = peek(cursor)
  if (!token || token.kind === 'string' || token.kind === 'quoted') return false
  if (!texts.includes(token.text)) return false
  cursor.at++
  return true
}

function parseCast(cursor: Cursor): DefaultNode | null {
  const node = parsePrimary(cursor)
  while (node && skip(cursor, '::')) if (!skipType(cursor)) return null
  return node
}

function parsePrimary(cursor: Cursor): DefaultNode | null {
  const token = peek(cursor)
  if (!token) return null
  if (token.kind === 'string' || token.kind === 'bits' || token.kind === 'number') {
    cursor.at++
    return { kind: 'value', text: token.text }
  }
  if (skip(cursor, '-', '+')) return parseSigned(cursor, token.text)
  if (skip(cursor, '(')) {
    const inner = parseCast(cursor)
    return inner && skip(cursor, ')') ? inner : null
  }
  if (token.kind === 'quoted') return parseName(cursor)
  return token.kind === 'word' ? parseWord(cursor, token.text) : null
}

function parseSigned(cursor: Cursor, sign: string): DefaultNode | null {
  const node = parsePrimary(cursor)
  if (node?.kind !== 'value' || !/^[\d.]/.test(node.text)) return null
  return { kind: 'value', text: sign === '-' ? `-${node.text}` : node.text }
}

const keywords: ReadonlySet<string> = new Set(
  'current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime localtimestamp session_user user'.split(
    ' ',
  ),
)

function parseWord(cursor: Cursor, word: string): DefaultNode | null {
  if (skip(cursor, 'null')) return { kind: 'null' }
  if (skip(cursor, 'true', 'false')) return { kind: 'value', text: word }
  if (word === 'array' && peek(cursor, 1)?.text === '[') {
    cursor.at++
    return parseItems(cursor)
  }
  if (word === 'cast' && peek(cursor, 1)?.text === '(') {
    cursor.at += 2
    const inner = parseCast(cursor)
    return inner && skip(cursor, 'as') && skipType(cursor) && skip(cursor, ')') ? inner : null
  }
  if (keywords.has(word) && peek(cursor, 1)?.text !== '(') {
    cursor.at++
    return { kind: 'call', schema: null, name: word }
  }
  return parseTyped(cursor) ?? parseName(cursor)
}

// Reads a literal with its type in front, such as `interval '1 day'`.
function parseTyped(cursor: Cursor): DefaultNode | null {
  const start = cursor.at
  const value = skipType(cursor) ? peek(cursor) : undefined
  if (value?.kind === 'string') {
    cursor.at++
    return { kind: 'value', text: value.text }
  }
  cursor.at = start
  return null
}

function parseItems(cursor: Cursor): DefaultNode | null {
  if (!skip(cursor, '[')) return null
  const items: DefaultNode[] = []
  if (skip(cursor, ']')) return { kind: 'array', items }
  do {
    const item = peek(cursor)?.text === '[' ? parseItems(cursor) : parseCast(cursor)
    if (!item) return null
    items.push(item)
  } while (skip(cursor, ','))
  return skip(cursor, ']') ? { kind: 'array', items } : null
}

function parseName(cursor: Cursor): DefaultNode | null {
  const names: string[] = []
  do {
    const token = peek(cursor)
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return null
    names.push(token.text)
    cursor.at++
  } while (skip(cursor, '.'))
  if (!skip(cursor, '(')) return null
  const name = names.at(-1) ?? ''
  if (skip(cursor, ')')) return { kind: 'call', schema: names.at(-2) ?? null, name }
  for (let depth = 1; depth > 0; cursor.at++) {
    const token = peek(cursor)
    if (!token) return null
    if (token.kind === 'mark') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0
  }
  return { kind: 'expression', isCall: true }
}

// Skips the name of a type with its modifier and its brackets.
function skipType(cursor: Cursor): boolean {
  do {
    const token = peek(cursor)
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return false
    cursor.at++
  } while (skip(cursor, '.'))
  while (skip(cursor, 'varying', 'precision', 'year', 'month', 'day', 'hour', 'minute', 'second'))
    skip(cursor, 'to')
  if (skip(cursor, '('))
    while (!skip(cursor, ')'))
      if (!peek(cursor, 1)) return false
      else cursor.at++
  if (skip(cursor, 'with', 'without')) cursor.at += 2 // `time zone`
  while (skip(cursor, '[')) {
    if (peek(cursor)?.kind === 'number') cursor.at++
    if (!skip(cursor, ']')) return false
  }
  return true
}
