import type { Exchange } from '../../http/exchange.ts'
import { refusalOf } from './refusals.ts'

/** The version of A2A that is served. */
export const protocolVersion = '1.0'

/**
 * Refuses a request of another version. One that names none is of version 0.3, as A2A says.
 *
 * @see docs/decisions/222-a-request-names-its-version.md
 */
export function requireVersion({ request, url }: Exchange): void {
  const named = request.headers.get('a2a-version') ?? url.searchParams.get('A2A-Version') ?? ''
  const version = named.trim()
  if (/^1\.0(\.\d{1,9})?$/.test(version)) return
  const found =
    version === '' ? '0.3, which a request without a version has,' : `"${version.slice(0, 50)}"`
  throw refusalOf(
    'VERSION_NOT_SUPPORTED',
    `Version ${found} is not supported: send the header A2A-Version: ${protocolVersion}`,
  )
}
