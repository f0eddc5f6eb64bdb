import { networkCodeBehind } from './error-causes.ts'

const maxLength = 2_000
/** Longer input is truncated before it is searched, which limits the cost of redaction. */
const maxSearched = 8_000

const hostRoots =
  'home|Users|root|usr|opt|var|etc|tmp|srv|mnt|media|private|proc|sys|run|dev|lib|app|apps|work|workspace|workspaces|code|build|builds|data|nix|snap|Volumes|Library|Applications'
const hostPath = String.raw`(?:file:\/\/\/?|\/(?=(?:${hostRoots})\/)|[A-Za-z]:[\\/]|\\\\\w)`

interface RedactionRule {
  readonly name: string
  /** True for what an operator may read in a log, but a client must not. */
  readonly operatorMayRead?: boolean
  readonly pattern: RegExp
  readonly replacement: string
}

// The order matters: an earlier rule hides a whole secret of which a later rule would hide only a part.
const rules: readonly RedactionRule[] = [
  {
    name: 'private key',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    replacement: '[key]',
  },
  {
    name: 'stack line',
    operatorMayRead: true,
    pattern: /^[ \t]*at [^\n]*(?::\d+(?::\d+)?|<anonymous>|native)\)?[ \t]*(?:\n|$)/gm,
    replacement: '',
  },
  {
    name: 'connection string',
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|cockroachdb|libsql|nats|kafka|ldaps?|smtps?):\/\/[^\s'"`<>]+/gi,
    replacement: '[connection string]',
  },
  { name: 'JDBC URL', pattern: /\bjdbc:[^\s'"`<>]+/gi, replacement: '[connection string]' },
  {
    name: 'credentials in a URL',
    pattern: /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/'"`<>]{1,500}@/gi,
    replacement: '$1[redacted]@',
  },
  {
    name: 'JSON Web Token',
    pattern: /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g,
    replacement: '[redacted]',
  },
  { name: 'bearer token', pattern: /\b(bearer)\s+[\w.~+/=-]{8,}/gi, replacement: '$1 [redacted]' },
  {
    name: 'authorization header',
    pattern:
      /\b((?:proxy-)?authorization)(["']?\s*[:=]\s*["']?)(?:basic |bearer |token )?[^\s"',;}]+/gi,
    replacement: '$1$2[redacted]',
  },
  {
    name: 'named secret',
    pattern:
      /\b([\w-]{0,40}(?:api[-_]?key|access[-_]?key(?:[-_]?id)?|secret(?:[-_]?(?:key|access[-_]?key))?|password|passwd|pwd|passphrase|[a-z]{0,20}[-_]?token|credentials?|sig(?:nature)?))(["']?\s*(?:=|:)\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',;&}\])]+)/gi,
    replacement: '$1$2[redacted]',
  },
  {
    name: 'OpenAI, Anthropic or Stripe key',
    pattern: /\b(?:sk-[A-Za-z0-9*_-]{8,}|[spr]k_(?:live|test)_\w{8,})/g,
    replacement: '[redacted]',
  },
  { name: 'Google API key', pattern: /\bAIza[\w-]{16,}/g, replacement: '[redacted]' },
  {
    name: 'token with a vendor prefix',
    pattern: /\b(?:gh[opsur]_|github_pat_|glpat-|gsk_|hf_|npm_|xai-|pplx-|r8_|tvly-)[\w-]{8,}/g,
    replacement: '[redacted]',
  },
  { name: 'Slack token', pattern: /\bx(?:ox[a-z]|app)-[\w-]{8,}/g, replacement: '[redacted]' },
  {
    name: 'AWS access key id',
    pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g,
    replacement: '[redacted]',
  },
  {
    name: 'quoted path',
    operatorMayRead: true,
    pattern: new RegExp(String.raw`(["'${'`'}])${hostPath}[^"'${'`'}\n]*\1`, 'g'),
    replacement: '$1[path]$1',
  },
  {
    name: 'bare path',
    operatorMayRead: true,
    pattern: new RegExp(String.raw`(?<![\w/.:\\-])${hostPath}[^\s"'${'`'}<>|(),;]*`, 'g'),
    replacement: '[path]',
  },
]

/**
 * Redacts what must not leave the host: connection strings, credentials in URLs, keys and tokens, file paths, and lines of
 * a stack trace. Returns at most 2,000 characters; a longer text is truncated and ends in `…`.
 */
export function redactText(text: string): string {
  let searched = text.length > maxSearched ? truncateAtSpace(text) : text
  for (const { pattern, replacement } of rules) searched = searched.replace(pattern, replacement)
  searched = searched.trim()
  if (searched.length <= maxLength && text.length <= maxSearched) return searched
  return `${searched.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Redacts the secrets of a text for the operator's log, which keeps paths and stacks. Returns at most 8,000 characters. */
export function redactSecrets(text: string): string {
  let searched = text.length > maxSearched ? `${truncateAtSpace(text)}…` : text
  for (const { pattern, replacement, operatorMayRead } of rules) {
    if (!operatorMayRead) searched = searched.replace(pattern, replacement)
  }
  return searched
}

// Truncating inside a secret would leave a piece that no pattern recognises.
function truncateAtSpace(text: string): string {
  const cut = text.slice(0, maxSearched)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), cut.lastIndexOf('\n'), 0))
}

/**
 * Returns the name and message of any thrown value, redacted and without its stack. The code of the network failure that
 * caused it is appended: `fetch failed (ECONNREFUSED)`. Neither is empty. Never throws.
 */
export function toPublicError(error: unknown): { name: string; message: string } {
  const name = read(error, 'name')
  const message = redactText(read(error, 'message') || read(error, 'code') || toText(error))
  const code = networkCodeBehind(error)
  const shown = message || 'Unknown error'
  return {
    name: /^[\w.$-]{1,64}$/.test(name) ? name : 'Error',
    message: code === '' || shown.includes(code) ? shown : `${shown} (${code})`,
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
