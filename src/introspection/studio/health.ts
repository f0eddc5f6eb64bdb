import { z } from 'zod'
import { json } from '../../http/respond.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { type Clock, isoTime } from '../../lib/clock.ts'
import type { Introspection } from '../module.ts'
import type { Reading } from '../model/request-scope.ts'
import { databaseStatusSchema, protocolLevel } from '../wire.ts'

/** What `GET /studio/health` answers (contract introspection.md 1.4). */
export const healthSchema = z.object({
  status: z.enum(['healthy', 'degraded']),
  aksara_version: z.string(),
  database: databaseStatusSchema,
  timestamp: z.string(),
})
/** What `GET /studio/health` answers. */
export type Health = z.infer<typeof healthSchema>

/** `GET /studio/health`: always 200, unless `?strict=1` asks for 503 when degraded. */
export function healthRoute({ clock, read }: Introspection): Route {
  return defineRoute({
    name: 'health',
    method: 'GET',
    path: '/studio/health',
    summary: 'Is the project up, and does its database answer?',
    query: z.object({ strict: z.string().optional() }),
    async handle({ query }, exchange) {
      const health = await read(exchange, (reading) => readHealth(reading, clock))
      return query.strict === '1' && health.status === 'degraded' ? json(health, 503) : health
    },
  })
}

/** The one endpoint that says what is wrong besides the database, so its `last_error` covers that too. */
async function readHealth(reading: Reading, clock: Clock): Promise<Health> {
  const [database, { problems }] = await Promise.all([reading.status(), reading.snapshot()])
  const healthy = database.connected && problems.length === 0
  return {
    status: healthy ? 'healthy' : 'degraded',
    aksara_version: protocolLevel,
    database: { ...database, last_error: database.last_error ?? (problems.join('; ') || null) },
    timestamp: isoTime(clock.now()),
  }
}
