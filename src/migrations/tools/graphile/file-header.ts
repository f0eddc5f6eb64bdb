/** The header of a committed migration of graphile-migrate. */
export interface GraphileFile {
  /** The hash in the header, `sha1:` and hex; null without one. */
  readonly hash: string | null
  /** Hash of the previous migration; null for the first. */
  readonly previous: string | null
  /** False if the text does not match the hash, unless the header allows that. */
  readonly isValid: boolean
}

/** Parses the header and compares the text with its hash. */
export async function parseGraphileFile(text: string): Promise<GraphileFile> {
  const lines = text.split('\n')
  const headers = new Map<string, string>()
  let count = 0
  for (const line of lines) {
    const [, key, value = ''] = /^--! ([A-Z][a-zA-Z0-9_]*)(?::(.*))?$/.exec(line) ?? []
    if (key === undefined) break
    headers.set(key, value.trim())
    count += 1
  }
  const body = lines.slice(count).join('\n').trim()
  const named = headers.get('Previous') ?? '-'
  const previous = named === '-' || named === '' ? null : named
  const hash = headers.get('Hash') ?? null
  const isValid = headers.has('AllowInvalidHash') || hash === (await hashGraphile(body, previous))
  return { hash, previous, isValid }
}

/** Returns the hash of a migration's text without its header, and of the hash before it: `sha1:` and hex. */
export async function hashGraphile(body: string, previous: string | null): Promise<string> {
  return `sha1:${await sha1(`${`${previous ?? ''}\n${body.trim()}`.trim()}\n`)}`
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
