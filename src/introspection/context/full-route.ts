import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'

/**
 * `GET /ai/context/full` (contract introspection.md 4.1): everything known of the project in one document; `detail`, `match`
 * and `maxTokens` shorten it.
 */
export function contextFullRoute(introspection: Introspection): Route {
  return defineRoute({
    name: 'context_full',
    method: 'GET',
    path: '/ai/context/full',
    summary: 'Models with their fields, viewsets, routes, migrations and settings, in full.',
    capability: 'read_schema',
    etag: (answer) => (answer as { checksum: string }).checksum,
    async handle(_input, exchange) {
      const { readFullContext } = await import('./full.ts')
      return introspection.read(exchange, (reading) =>
        readFullContext(introspection, reading, exchange.url),
      )
    },
  })
}
