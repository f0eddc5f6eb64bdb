import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'

/** `GET /ai/query/models` (contract introspection.md 4.4): what can be queried, and by which fields. */
export function queryModelsRoute({ read }: Introspection): Route {
  return defineRoute({
    name: 'query_models',
    method: 'GET',
    path: '/ai/query/models',
    summary: 'The models a query may name, with their fields.',
    capability: 'read_data',
    etag: (answer) => answer,
    async handle(_input, exchange) {
      const { listQueryModels } = await import('./schema.ts')
      return read(exchange, async (reading) => listQueryModels(await reading.snapshot()))
    },
  })
}
