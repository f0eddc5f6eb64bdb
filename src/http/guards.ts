import { StudioError } from '../errors.ts'
import { sha256Bytes } from '../lib/checksum.ts'
import type { Exchange, Principal } from './exchange.ts'

const loopbackName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Refuses a `Host` that is not ours, the defence against DNS rebinding: it must be one of `allowedHosts`, with or without
 * its port, or, where those are undefined and the listener is on loopback, a loopback name.
 */
export function guardHost(
  { host, context }: Exchange,
  allowedHosts: readonly string[] | undefined,
): void {
  const name = host.replace(/:\d+$/, '')
  const allowed = allowedHosts
    ? allowedHosts.includes(name) || allowedHosts.includes(host)
    : !context.loopback || loopbackName.test(name)
  if (!allowed) throw new StudioError('forbidden', 'Host not allowed')
}

/**
 * Refuses foreign browser origins (contract introspection.md D): an `Origin` must be the request's own or listed, letter
 * by letter; `*` lets all in. Browsers send no `Origin` with `<script>` and `<img>`, so those are told by `Sec-Fetch-*`.
 */
export function guardOrigin(exchange: Exchange, allowedOrigins: readonly string[]): void {
  const { origin, selfOrigin, request } = exchange
  const admitted =
    allowedOrigins.includes('*') ||
    (origin === null
      ? !isForeignSubresource(request.headers)
      : origin === selfOrigin || allowedOrigins.includes(origin))
  if (!admitted) throw new StudioError('forbidden', 'Origin not allowed')
  exchange.admittedOrigin = origin
}

function isForeignSubresource(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== 'cross-site' && site !== 'same-site') return false
  return headers.get('sec-fetch-mode') !== 'navigate'
}

/** Answers who is calling; null refuses. May be asynchronous. */
export type Authenticate = (request: Request) => Principal | null | Promise<Principal | null>

/** Fills `exchange.principal`, or refuses with 401 and says nothing of why. */
export async function authenticate(
  exchange: Exchange,
  auth: Authenticate | undefined,
): Promise<void> {
  if (!auth) return
  exchange.principal = await auth(exchange.request)
  if (exchange.principal) return
  throw new StudioError('unauthorized', 'Studio requires authentication', {
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/**
 * Accepts `Authorization: Bearer <token>`, compared in constant time by way of SHA-256 digests.
 *
 * @throws TypeError for a blank token, which nobody could send.
 */
export function bearerToken(token: string): Authenticate {
  if (typeof token !== 'string' || !/^\S+$/.test(token)) {
    throw new TypeError('auth.token must be a text without white space')
  }
  return async (request) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (given === undefined) return null
    const [wanted, actual] = await Promise.all([sha256Bytes(token), sha256Bytes(given)])
    const difference = wanted.reduce((sum, byte, index) => sum | (byte ^ (actual[index] ?? 0)), 0)
    return difference === 0 ? { id: 'token' } : null
  }
}
