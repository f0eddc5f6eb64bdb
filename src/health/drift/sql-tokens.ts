/** One word of SQL. The text of a string is its value, without quotes and escapes. */
export interface SqlToken {
  readonly kind: 'string' | 'bits' | 'number' | 'word' | 'quoted' | 'operator' | 'mark'
  /** Lower case for a plain word, as PostgreSQL folds names. */
  readonly text: string
}

const patterns: readonly (readonly [SqlToken['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)/y],
  ['string', /e'((?:[^'\\]|\\[\s\S]|'')*)'/iy],
  ['bits', /[bx]'[0-9a-f]*'/iy],
  ['string', /'((?:[^']|'')*)'/y],
  ['string', /(\$(?:[A-Za-z_]\w*)?\$)([\s\S]*?)\1/y],
  ['quoted', /"((?:[^"]|"")*)"/y],
  ['number', /(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['operator', /::|:=|[-+*/<>=~!@#%^&|`?]+/y],
  ['mark', /[()[\],.:;]/y],
]

/** Splits SQL into words; null for text that is no SQL, such as an unterminated string. */
export function tokenizeSql(sql: string): readonly SqlToken[] | null {
  const tokens: SqlToken[] = []
  for (let at = 0; at < sql.length;) {
    const found = readToken(sql, at)
    if (!found) return null
    if (found.token) tokens.push(found.token)
    at = found.end
  }
  return tokens
}

function readToken(sql: string, at: number): { token: SqlToken | null; end: number } | null {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const match = pattern.exec(sql)
    if (!match) continue
    const end = at + match[0].length
    return { token: kind === 'space' ? null : { kind, text: toText(kind, match) }, end }
  }
  return null
}

function toText(kind: SqlToken['kind'], [whole, first = '', second]: RegExpExecArray): string {
  if (kind === 'bits') return toBits(whole)
  if (kind === 'quoted') return first.replaceAll('""', '"')
  if (kind === 'word') return whole.toLowerCase()
  if (kind !== 'string') return whole
  if (whole.startsWith('$')) return second ?? ''
  const text = first.replaceAll("''", "'")
  return /^e/i.test(whole) ? unescapeText(text) : text
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unescapeText(text: string): string {
  return text
    .replace(/\\(?:u([\da-f]{4})|U([\da-f]{8})|x([\da-f]{1,2}))/g, (_whole, ...groups) => {
      const [short, long, hex] = groups as (string | undefined)[]
      return String.fromCodePoint(Number.parseInt(short ?? long ?? hex ?? '', 16))
    })
    .replace(/\\([0-7]{1,3})/g, (_whole, octal: string) =>
      String.fromCodePoint(Number.parseInt(octal, 8)),
    )
    .replace(/\\([\s\S])/g, (_whole, one: string) => escapes[one] ?? one)
}

// `X'1F'` is written as `B'00011111'`.
function toBits(literal: string): string {
  const digits = literal.slice(2, -1)
  if (/^b/i.test(literal)) return digits
  return [...digits]
    .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'))
    .join('')
}
