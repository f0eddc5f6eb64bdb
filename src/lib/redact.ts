import { networkCodeBehind } from './failures/error-causes.ts'
import { isSecretName } from './secret-names.ts'

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
  readonly replacement: string | ((...groups: string[]) => string)
  /** True if the form alone tells a secret, whatever text it stands in. */
  readonly byForm?: boolean
}

// The order matters: an earlier rule hides a whole secret of which a later rule would hide only a part.
const rules: readonly RedactionRule[] = [
  {
    name: 'private key',
    byForm: true,
    pattern:
      /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g,
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
    byForm: true,
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|cockroachdb|libsql|nats|kafka|ldaps?|smtps?):\/\/[^\s'"`<>]+|\bjdbc:[^\s'"`<>]+/gi,
    replacement: '[connection string]',
  },
  {
    name: 'credentials in a URL',
    byForm: true,
    pattern: /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/'"`<>]{1,500}@/gi,
    replacement: '$1[redacted]@',
  },
  {
    name: 'JSON Web Token',
    byForm: true,
    pattern: /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g,
    replacement: '[redacted]',
  },
  { name: 'bearer token', pattern: /\b(bearer)\s+[\w.~+/=-]{8,}/gi, replacement: '$1 [redacted]' },
  {
    name: 'authorization header',
    pattern:
      /\b((?:proxy-|x-)?authorization)(["']?\s*[:=]\s*["']?)(?:(?:digest|negotiate|ntlm|hawk|aws4-\S{1,30}) [^\n]+|(?:[a-z]{1,20} )?[^\s"',;}]+)/gi,
    replacement: '$1$2[redacted]',
  },
  {
    name: 'basic credentials',
    pattern: /\b(basic\s+)([A-Za-z0-9+/]{8,}={0,2})/gi,
    replacement: (all, basic = '', value = '') =>
      /[\d=]/.test(value) || holdsColon(value) ? `${basic}[redacted]` : all,
  },
  {
    name: 'cookie header',
    pattern: /\b((?:set-)?cookie)(["']?\s*:\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\n"'}]+)/gi,
    replacement: '$1$2[redacted]',
  },
  {
    name: 'row of a database',
    pattern: /\b(row contains )\([^\n]*\)/gi,
    replacement: '$1([row])',
  },
  {
    name: 'key of a unique constraint',
    pattern: /(\()([\w", ]{1,300})(\)\s*=\s*)\([^\n]*?\)(?= |\.|$)/g,
    replacement: (all, open = '', names = '', mark = '') =>
      names.split(/[",\s]+/).some((name) => isSecretName(name))
        ? `${open}${names}${mark}([redacted])`
        : all,
  },
  {
    name: 'blob after the name of a secret',
    pattern:
      /\b(\w{0,40}(?:password|passphrase|secret|token|key|credential|cookie)s?(?: is| was| of|:)?\s+["'(]?)(?=[\w+/=.-]*\d)[\w+/=.-]{16,}/gi,
    replacement: '$1[redacted]',
  },
  {
    name: 'OpenAI, Anthropic or Stripe key',
    byForm: true,
    pattern: /\b(?:sk-[A-Za-z0-9*_-]{8,}|[spr]k_(?:live|test)_\w{8,})/g,
    replacement: '[redacted]',
  },
  { name: 'Google API key', byForm: true, pattern: /\bAIza[\w-]{16,}/g, replacement: '[redacted]' },
  {
    name: 'token with a vendor prefix',
    byForm: true,
    pattern:
      /\b(?:gh[opsur]_|github_pat_|gl(?:pat|rt|dt|cbt)-|gsk_|hf_|npm_|pypi-|xai-|pplx-|r8_|tvly-|whsec_|shp(?:at|ca|pa|ss)_|do[opr]_v1_|sb[pb]_|lin_api_|figd_|hvs\.|ya29\.|dapi|rk_|key-|secret_|ntn_|nvapi-|vercel_|re_|pat_|dckr_pat_|SG\.)(?=[\w.-]{0,40}\d)[\w.-]{16,}/g,
    replacement: '[redacted]',
  },
  {
    name: 'Slack token',
    byForm: true,
    pattern: /\bx(?:ox[a-z]|app)-[\w-]{8,}/g,
    replacement: '[redacted]',
  },
  {
    name: 'AWS access key id',
    byForm: true,
    pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g,
    replacement: '[redacted]',
  },
  {
    name: 'hash of a password',
    byForm: true,
    pattern:
      /(?:\$(?:2[abxy]?|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|[1567y])\$|pbkdf2_sha\d+\$|SCRAM-SHA-\d+\$)[\w./+$=,:-]{16,}/g,
    replacement: '[redacted]',
  },
  {
    name: 'key of a Telegram bot',
    byForm: true,
    pattern: /\b\d{8,10}:[\w-]{35}\b/g,
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
  searched = hideNamed(replaceAll(rules, searched)).trim()
  if (searched.length <= maxLength && text.length <= maxSearched) return searched
  return `${searched.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

const rulesByForm = rules.filter(({ byForm }) => byForm === true)
const rulesForOperators = rules.filter(({ operatorMayRead }) => operatorMayRead !== true)

/** Redacts keys, tokens and connection strings of known forms in a text that is otherwise passed on whole. */
export function redactKeys(text: string): string {
  return replaceAll(rulesByForm, text)
}

/** Is this text `user:password` in Base64, and not a word? */
function holdsColon(text: string): boolean {
  try {
    return atob(text).includes(':')
  } catch {
    return false
  }
}

const assignment = /(?<![\w-])([\p{L}_][\p{L}\d_.-]{0,60})["'\]]{0,3}\s*(?:=>|=|:(?!\/\/))\s*/gu
const assigned = /\[[a-z ]+\]|"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)|[^\s"',;&}\])]+/y

/** Redacts what is assigned to the name of a secret: `password=…`, `"apiKey": "…"`, `x-api-key: …`. */
function hideNamed(text: string): string {
  let shown = ''
  let end = 0
  for (const match of text.matchAll(assignment)) {
    assigned.lastIndex = match.index + match[0].length
    if (match.index < end || !namesSecret(match[1] ?? '') || !assigned.test(text)) continue
    shown += `${text.slice(end, match.index + match[0].length)}[redacted]`
    end = assigned.lastIndex
  }
  return shown + text.slice(end)
}

// Signatures and ids of access keys are no secrets of a table, but sign what an error should not repeat.
function namesSecret(name: string): boolean {
  return isSecretName(name) || /(?:^|[._-])sig(?:nature)?$|access[-_]?key[-_]?id$/i.test(name)
}

function replaceAll(kinds: readonly RedactionRule[], text: string): string {
  return kinds.reduce(
    // `replace` has an overload for each kind of replacement, but none for both.
    (kept, { pattern, replacement }) => kept.replace(pattern, replacement as string),
    text,
  )
}

/** Redacts the secrets of a text for the operator's log, which keeps paths and stacks. Returns at most 8,000 characters. */
export function redactSecrets(text: string): string {
  let searched = text.length > maxSearched ? `${truncateAtSpace(text)}…` : text
  return hideNamed(replaceAll(rulesForOperators, searched))
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
