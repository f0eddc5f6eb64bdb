import { isBase64 } from '../../lib/files/base64.ts'

/** The form of secrets in Standard Webhooks: `whsec_` and 24 to 64 bytes in Base64. */
const prefix = 'whsec_'

/**
 * Decodes a secret of the options.
 *
 * @throws TypeError for another form. The message does not repeat the secret.
 */
export function parseSecret(option: string, secret: unknown): Uint8Array<ArrayBuffer> {
  const text =
    typeof secret === 'string' && secret.startsWith(prefix) ? secret.slice(prefix.length) : ''
  const bytes =
    text !== '' && isBase64(text) ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : null
  if (bytes && bytes.length >= 24 && bytes.length <= 64) return bytes
  throw new TypeError(`${option} must be "whsec_" and 24 to 64 random bytes in Base64`)
}

/** What is signed, as Standard Webhooks joins it. */
export interface Signed {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** Signs a message with each secret. Receivers accept one good signature, so a new secret is added before the old one goes. */
export async function sign(
  secrets: readonly Uint8Array<ArrayBuffer>[],
  { id, timestamp, body }: Signed,
): Promise<string> {
  const text = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const signatures = secrets.map(async (secret) => {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
    const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
    return `v1,${btoa(String.fromCharCode(...bytes))}`
  })
  return (await Promise.all(signatures)).join(' ')
}
