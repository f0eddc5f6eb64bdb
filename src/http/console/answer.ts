import { StudioError } from '../../errors.ts'
import { checksum } from '../../lib/checksum.ts'
import { matchesTag } from '../etag.ts'
import type { Incoming } from '../exchange.ts'
import type { ConsoleBundle } from './assets.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const guards = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Is this a request for the console, or of a browser for the root? */
export function isForConsole({ path, url, method, request }: Incoming, basePath: string): boolean {
  if (path === '/console' || path.startsWith('/console/')) return true
  const isRoot = path === '/' || url.pathname === basePath
  const isRead = method === 'GET' || method === 'HEAD'
  return isRoot && isRead && (request.headers.get('accept') ?? '').includes('text/html')
}

/**
 * Answers a request for the console: a page, a file, or the redirect of a browser that asks for the root.
 *
 * @see docs/decisions/170-the-console-is-a-module.md
 */
export async function answerConsole(
  load: () => Promise<ConsoleBundle>,
  { path, method, url, request }: Incoming,
): Promise<Response> {
  if (path.length < 2) {
    // Relative, so that it is right behind a proxy that rewrites the prefix.
    const location = path === '/' ? 'console' : `${url.pathname.split('/').at(-1)}/console`
    return new Response(null, { status: 303, headers: { ...guards, location, vary: 'accept' } })
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const headers = { allow: 'GET, HEAD' }
    throw new StudioError('method_not_allowed', 'Method not allowed', { headers })
  }
  const bundle = await load()
  const [, name] = /^\/console\/assets\/([^/]+)$/.exec(path) ?? []
  return name === undefined ? answerPage(bundle, path, request) : answerFile(bundle, name, request)
}

async function answerPage(
  { shell }: ConsoleBundle,
  path: string,
  { headers }: Request,
): Promise<Response> {
  const depth = path.split('/').length - 2
  const root = depth === 0 ? 'console/' : '../'.repeat(depth - 1)
  const html = shell.replaceAll('{root}', root)
  const etag = `"${await checksum(html)}"`
  const always = { ...guards, etag, 'cache-control': 'no-cache' }
  if (matchesTag(headers.get('if-none-match'), etag)) {
    return new Response(null, { status: 304, headers: always })
  }
  return new Response(html, { headers: { ...always, 'content-type': 'text/html; charset=utf-8' } })
}

const decoded = new WeakMap<object, Uint8Array<ArrayBuffer>>()

function answerFile({ files }: ConsoleBundle, name: string, { headers }: Request): Response {
  const file = Object.hasOwn(files, name) ? files[name] : undefined
  if (!file) throw new StudioError('not_found', 'The console has no such file')
  const etag = `"${name}"` // the name holds a hash of the content
  const always = {
    ...guards,
    etag,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  }
  if (matchesTag(headers.get('if-none-match'), etag)) {
    return new Response(null, { status: 304, headers: always })
  }
  const bytes = decoded.get(file) ?? Uint8Array.from(atob(file.gzip), (one) => one.charCodeAt(0))
  decoded.set(file, bytes)
  const described = { ...always, 'content-type': file.type }
  if (!acceptsGzip(headers.get('accept-encoding'))) {
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
    return new Response(inflated, { headers: described })
  }
  const init = {
    headers: { ...described, 'content-encoding': 'gzip' },
    encodeBody: 'manual', // workerd would compress the bytes once more
  }
  return new Response(bytes, init)
}

/** Does `Accept-Encoding` admit gzip? `gzip;q=0` refuses it. */
function acceptsGzip(header: string | null): boolean {
  const codings = (header ?? '').split(',').map((part) => part.trim().toLowerCase())
  const quality = (name: string) => {
    const found = codings.find((coding) => coding.split(';')[0]?.trim() === name)
    if (found === undefined) return null
    return Number(/;\s*q=([\d.]+)/.exec(found)?.[1] ?? 1)
  }
  return (quality('gzip') ?? quality('*') ?? 0) > 0
}
