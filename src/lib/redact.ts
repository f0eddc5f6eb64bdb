const maxLength = 2_000
/** Longer input is cut before it is searched, so the cost of redaction has a limit. */
const maxSearched = 8_000

const hostRoots =
  'home|Users|root|usr|opt|var|etc|tmp|srv|mnt|media|private|proc|sys|run|dev|lib|app|apps|work|workspace|workspaces|code|build|builds|data|nix|snap|Volumes|Library|Applications'
const hostPath = String.raw`(?:file:\/\/\/?|\/(?=(?:${hostRoots})\/)|[A-Za-z]:[\\/]|\\\\\w)`

/** In order: a pattern that comes earlier may hide what a later one would tear apart. */
const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[key]'],
  [/^[ \t]*at [^\n]*(?::\d+(?::\d+)?|<anonymous>|native)\)?[ \t]*(?:\n|$)/gm, ''],
  [
    /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|cockroachdb|libsql|nats|kafka|ldaps?|smtps?):\/\/[^\s'"`<>]+/gi,
    '[connection string]',
  ],
  [/\bjdbc:[^\s'"`<>]+/gi, '[connection string]'],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/'"`<>]{1,500}@/gi, '$1[redacted]@'],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, '[redacted]'],
  [/\b(bearer)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [
    /\b((?:proxy-)?authorization)(["']?\s*[:=]\s*["']?)(?:basic |bearer |token )?[^\s"',;}]+/gi,
    '$1$2[redacted]',
  ],
  [
    /\b([\w-]{0,40}(?:api[-_]?key|access[-_]?key(?:[-_]?id)?|secret(?:[-_]?(?:key|access[-_]?key))?|password|passwd|pwd|passphrase|[a-z]{0,20}[-_]?token|credentials?|sig(?:nature)?))(["']?\s*(?:=|:)\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',;&}\])]+)/gi,
    '$1$2[redacted]',
  ],
  [/\b(?:sk-[A-Za-z0-9*_-]{8,}|[spr]k_(?:live|test)_\w{8,})/g, '[redacted]'],
  [/\bAIza[\w-]{16,}/g, '[redacted]'],
  [
    /\b(?:gh[opsur]_|github_pat_|glpat-|gsk_|hf_|npm_|xai-|pplx-|r8_|tvly-)[\w-]{8,}/g,
    '[redacted]',
  ],
  [/\bx(?:ox[a-z]|app)-[\w-]{8,}/g, '[redacted]'],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, '[redacted]'],
  [new RegExp(String.raw`(["'${'`'}])${hostPath}[^"'${'`'}\n]*\1`, 'g'), '$1[path]$1'],
  [new RegExp(String.raw`(?<![\w/.:\\-])${hostPath}[^\s"'${'`'}<>|(),;]*`, 'g'), '[path]'],
]

/**
 * Hides what must not leave the host: connection strings, credentials in URLs, keys and tokens, paths of files, lines of
 * a stack. At most 2,000 characters come back; a longer text ends in `…`.
 */
export function redactText(text: string): string {
  let searched = text.length > maxSearched ? cutAtSpace(text) : text
  for (const [pattern, replacement] of rules) searched = searched.replace(pattern, replacement)
  searched = searched.trim()
  if (searched.length <= maxLength && text.length <= maxSearched) return searched
  return `${searched.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** A cut in the middle of a secret would leave a piece that no pattern knows. */
function cutAtSpace(text: string): string {
  const cut = text.slice(0, maxSearched)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), cut.lastIndexOf('\n'), 0))
}

/** The name and message of any thrown value, redacted and without its stack; never empty, never throws. */
export function toPublicError(error: unknown): { name: string; message: string } {
  const name = read(error, 'name')
  const message = read(error, 'message') || read(error, 'code') || toText(error)
  return {
    name: /^[\w.$-]{1,64}$/.test(name) ? name : 'Error',
    message: redactText(message) || 'Unknown error',
  }
}

function read(error: unknown, member: string): string {
  if (typeof error !== 'object' || error === null) return ''
  try {
    const value = (error as Record<string, unknown>)[member]
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

function toText(error: unknown): string {
  if (error instanceof Error) return error.name
  try {
    return typeof error === 'object' ? JSON.stringify(error) : String(error)
  } catch {
    return ''
  }
}
