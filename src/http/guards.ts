import { StudioError } from '../errors.ts'
import { sha256Bytes } from '../lib/checksum.ts'
import { withDeadline } from '../lib/deadline.ts'
import { isRecord } from '../lib/json.ts'
import { refuseUnknownKeys } from '../lib/options/known-keys.ts'
import type { Incoming, Principal } from './exchange.ts'

const loopbackName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Refuses a foreign `Host`, which is the defence against DNS rebinding. The host must be one of `allowedHosts`, with or
 * without its port. Where those are undefined, a listener on loopback, or a client on loopback (`isLocal`), may use loopback
 * names only.
 */
export function guardHost(
  { url: { host }, context }: Incoming,
  allowedHosts: readonly string[] | undefined,
  isLocal = false,
): void {
  const name = host.replace(/:\d+$/, '')
  const allowed = allowedHosts
    ? allowedHosts.includes(name) || allowedHosts.includes(host)
    : !(context.loopback || isLocal) || loopbackName.test(name)
  if (!allowed) throw new StudioError('forbidden', 'Host not allowed')
}

/**
 * Refuses a foreign browser origin: an `Origin` must be the request's own or listed, character by character; `*` lists
 * all. Returns the `Origin`, which may then read the response; null when the request has none.
 */
export function guardOrigin(
  { origin, url, request }: Incoming,
  allowedOrigins: readonly string[],
): string | null {
  const allowed =
    allowedOrigins.includes('*') ||
    (origin === null
      ? !isForeignSubresource(request.headers)
      : origin === url.origin || allowedOrigins.includes(origin))
  if (!allowed) throw new StudioError('forbidden', 'Origin not allowed')
  return origin
}

/** `<script>` and `<img>` send no `Origin`; `Sec-Fetch-*` detects them. */
function isForeignSubresource(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== 'cross-site' && site !== 'same-site') return false
  return headers.get('sec-fetch-mode') !== 'navigate'
}

/** Returns who is calling; null refuses the request with 401. May be asynchronous. */
export type Authenticate = (request: Request) => Principal | null | Promise<Principal | null>

/** How long `auth` may take, in milliseconds. */
const authTimeoutMs = 30_000

/**
 * Makes a guard of the option `auth`: a token, or a function of the user, which gets 30 s and must return what a principal
 * is. Any other answer than null or a principal is an error, so that a mistake never lets a caller in.
 *
 * @throws TypeError for an option that is neither.
 */
export function toAuthenticate(auth: { readonly token: string } | Authenticate): Authenticate {
  if (typeof auth !== 'function') {
    const what = 'auth must be { token } or a function'
    if (typeof auth !== 'object' || auth === null) throw new TypeError(what)
    refuseUnknownKeys(
      'auth',
      auth,
      { token: true },
      { verify: 'auth: verify, the function itself' },
    )
    if (!Object.hasOwn(auth, 'token')) throw new TypeError(`${what}, but it has no token`)
    return bearerToken(auth.token)
  }
  const late = new StudioError('unavailable', 'The authentication did not answer in time', {
    cause: new Error(`auth did not answer within ${authTimeoutMs} ms`),
    headers: { 'retry-after': '1' },
  })
  return async (request) => {
    const answer: unknown = await withDeadline(authTimeoutMs, late, async () => auth(request))
    if (answer === null || answer === undefined || answer === false) return null
    if (isPrincipal(answer)) return answer
    throw new TypeError('auth must return null, or an object with an id that is a text')
  }
}

function isPrincipal(answer: unknown): answer is Principal {
  if (!isRecord(answer) || typeof answer.id !== 'string') return false
  const { tenant, admin } = answer
  return (
    (tenant === undefined || typeof tenant === 'string') &&
    (admin === undefined || typeof admin === 'boolean')
  )
}

/** Returns who is calling, or null where no `auth` is configured. */
export async function authenticate(
  request: Request,
  auth: Authenticate | undefined,
): Promise<Principal | null> {
  if (!auth) return null
  const principal = await auth(request)
  if (principal) return principal
  // The message gives no reason, so that a guesser learns nothing.
  throw new StudioError('unauthorized', 'Studio requires authentication', {
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/**
 * Accepts `Authorization: Bearer <token>`. SHA-256 digests are compared, in constant time.
 *
 * @throws TypeError for a token that is empty or has white space, because no client can send it.
 */
export function bearerToken(token: string): Authenticate {
  if (typeof token !== 'string' || !/^\S+$/.test(token)) {
    throw new TypeError('auth.token must be a text without white space')
  }
  return async ({ headers }) => {
    const [, sent] = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '') ?? []
    if (sent === undefined) return null
    const [expected, actual] = await Promise.all([sha256Bytes(token), sha256Bytes(sent)])
    const difference = expected.reduce((sum, byte, index) => sum | (byte ^ (actual[index] ?? 0)), 0)
    return difference === 0 ? { id: 'token' } : null
  }
}
