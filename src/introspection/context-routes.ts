import { defineRoute, type Route } from '../http/route.ts'
import type { Introspection } from './introspection.ts'

/** The parts of the full context that are served by themselves: the name of the part, and what it is. */
const parts = {
  models: 'The models, shortened by `detail`, `match` and `maxTokens`.',
  viewsets: 'The resources, and what they support.',
  routes: 'The routes of the project and of Studio.',
  migrations: 'The migrations, applied or not.',
  settings: 'The settings that are no secret.',
  admin: 'The admin site.',
} as const

/** The name of a part of the full context. */
export type ContextPart = keyof typeof parts | 'models/:model'

/** `GET /ai/context/models`, `/viewsets`, `/routes`, …: parts of the full context (contract introspection.md 4.1). */
export function contextPartRoutes(introspection: Introspection): Route[] {
  const route = (part: ContextPart, name: string, summary: string) =>
    defineRoute({
      name: `context_${name}`,
      method: 'GET',
      path: `/ai/context/${part}`,
      summary,
      capability: 'read_schema',
      etag: (answer) => answer,
      async handle({ params }, exchange) {
        const { readContextPart } = await import('./context-part.ts')
        return introspection.read(exchange, (reading) =>
          readContextPart(part, { introspection, reading, url: exchange.url, params }),
        )
      },
    })
  return [
    ...Object.entries(parts).map(([part, summary]) => route(part as ContextPart, part, summary)),
    route('models/:model', 'model', 'One model in full, with its keys, indexes and checks.'),
  ]
}
