import { type ContextPart, parts } from './part-names.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'

/** `GET /ai/context/models`, `/viewsets`, `/routes`, …: parts of the full context (contract introspection.md 4.1). */
export function contextPartRoutes(introspection: Introspection): Route[] {
  const route = (part: ContextPart, summary: string) =>
    defineRoute({
      name: `context_${part}`,
      method: 'GET',
      path: `/ai/context/${part}`,
      summary,
      capability: 'read_schema',
      etag: (answer) => answer,
      async handle(_input, exchange) {
        const { readContextPart } = await import('./part.ts')
        return introspection.read(exchange, (reading) =>
          readContextPart(part, { introspection, reading, url: exchange.url }),
        )
      },
    })
  return [
    ...Object.entries(parts).map(([part, summary]) => route(part as ContextPart, summary)),
    defineRoute({
      name: 'context_model',
      method: 'GET',
      path: '/ai/context/models/:model',
      summary: 'One model in full, with its keys, indexes and checks.',
      capability: 'read_schema',
      etag: (answer) => answer,
      async handle({ params: { model } }, exchange) {
        const { readContextModel } = await import('./part.ts')
        return introspection.read(exchange, async (reading) =>
          readContextModel(await reading.snapshot(), model),
        )
      },
    }),
  ]
}
