import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Database } from '../../project/database.ts'
import { explainFailure } from '../../project/failure.ts'
import type { DatabaseStatus } from '../introspection-answers.ts'

/** Pings the database for at most `timeoutMs`. Never rejects. The latency is in milliseconds, rounded to microseconds. */
export async function pingDatabase(
  database: Database | null,
  timeoutMs: number,
  report: (error: unknown) => void,
): Promise<DatabaseStatus> {
  if (!database) return toDatabaseStatus(null, null, null)
  const started = performance.now()
  const late = new StudioError('unavailable', `no answer within ${timeoutMs} ms`)
  try {
    await withDeadline(timeoutMs, late, (signal) => database.ping(signal))
    const latency = Math.round((performance.now() - started) * 1000) / 1000
    return toDatabaseStatus(database, latency, null)
  } catch (error) {
    return toDatabaseStatus(database, null, explainFailure(error, report))
  }
}

function toDatabaseStatus(
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
