import { defineRoute, type Route } from '../http/route.ts'
import { isoTime } from '../lib/clock.ts'
import type { Introspection } from './introspection.ts'

/** `GET /studio/health`. */
export function healthRoute({ database, clock }: Introspection): Route {
  return defineRoute({
    name: 'health',
    method: 'GET',
    path: '/studio/health',
    summary: 'Is the project up, and does its database answer?',
    async handle() {
      const connected = database
        ? await database.ping().then(
            () => true,
            () => false,
          )
        : false
      return {
        status: connected ? 'healthy' : 'degraded',
        database: { connected },
        timestamp: isoTime(clock.now()),
      }
    },
  })
}
