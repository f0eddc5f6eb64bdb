import { type Clock, isoTime } from '../../lib/clock.ts'
import type { RequestScope } from '../model/request-scope.ts'
import { protocolLevel } from '../wire.ts'
import type { Health } from './studio-answers.ts'

/**
 * Answers `GET /studio/health`. Only here does `last_error` include the problems of the snapshot
 * (docs/decisions/013-what-degrades.md).
 */
export async function readHealth(scope: RequestScope, clock: Clock): Promise<Health> {
  const [database, { problems }] = await Promise.all([scope.status(), scope.snapshot()])
  const isHealthy = database.connected && problems.length === 0
  return {
    status: isHealthy ? 'healthy' : 'degraded',
    aksara_version: protocolLevel,
    database: { ...database, last_error: database.last_error ?? (problems.join('; ') || null) },
    timestamp: isoTime(clock.now()),
  }
}
