import { explainFailure } from '../../project/failure.ts'
import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Database } from '../../project/database.ts'
import type { DatabaseStatus } from '../wire.ts'

/**
 * Asks the database for one answer, now, for at most `timeoutMs`; never rejects. Latency in milliseconds to three places.
 */
export async function pingDatabase(
  database: Database | null,
  timeoutMs: number,
  report: (error: unknown) => void,
): Promise<DatabaseStatus> {
  if (!database) return toStatus(null, null, null)
  const started = performance.now()
  const late = new StudioError('unavailable', `no answer within ${timeoutMs} ms`)
  try {
    await withDeadline(timeoutMs, late, (signal) => database.ping(signal))
    const latency = Math.round((performance.now() - started) * 1000) / 1000
    return toStatus(database, latency, null)
  } catch (error) {
    return toStatus(database, null, explainFailure(error, report))
  }
}

function toStatus(
  database: Database | null,
  latency_ms: number | null,
  last_error: string | null,
): DatabaseStatus {
  const { size, available } = database?.pool() ?? { size: 0, available: 0 }
  return {
    connected: latency_ms !== null,
    dialect: database?.dialect ?? 'postgresql',
    pool_size: size,
    pool_available: available,
    latency_ms,
    last_error,
  }
}
