import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'

/** `GET /studio/migrations`: every migration and where it stands. */
export function migrationsRoute({ read }: Introspection): Route {
  return defineRoute({
    name: 'migrations',
    method: 'GET',
    path: '/studio/migrations',
    summary:
      'Every migration: applied, pending, modified, failed, out of order or unknown, and why.',
    capability: 'read_migrations',
    etag: (answer) => answer,
    async handle(_input, exchange) {
      const { toMigrationList } = await import('./migration-list.ts')
      return read(exchange, async (reading) => toMigrationList(await reading.snapshot()))
    },
  })
}
