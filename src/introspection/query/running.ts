import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Database, QueryAnswer, Statement } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { unknownExposure } from '../model/unknown-exposure.ts'

/** Longest a query may take, in milliseconds. The server's own limit is shorter, so normally the server ends it. */
const queryTimeoutMs = 5_000
const limits = { timeoutMs: queryTimeoutMs - 1_000, bytes: 1_000_000 }

/** Queries of clients that may run at the same time, however large the pool is. */
const maxQueries = 8

/** @throws StudioError `unavailable` without a database that answers, and while it is unknown which columns are sensitive. */
export async function requireReadable(
  scope: RequestScope,
): Promise<{ readonly database: Database; readonly snapshot: Snapshot }> {
  const { database } = scope
  const snapshot = await scope.snapshot()
  const { connected, last_error } = await scope.status()
  if (!database || !connected) {
    const reason = last_error ?? 'none is configured'
    throw new StudioError('unavailable', `The database is unavailable: ${reason}`)
  }
  if (snapshot.exposure === 'unknown') throw unknownExposure()
  return { database, snapshot }
}

const runningQueries = new WeakMap<Database, number>()

/** Lets queries of clients use at most half of the pool, so that the application keeps the other half. */
export async function withQuerySlot<T>(database: Database, run: () => Promise<T>): Promise<T> {
  const slots = Math.max(1, Math.min(maxQueries, Math.floor(database.pool().size / 2)))
  const running = runningQueries.get(database) ?? 0
  if (running >= slots) {
    const message = `${running} queries are running, and at most ${slots} may run at a time`
    throw new StudioError('rate_limited', message, { headers: { 'retry-after': '1' } })
  }
  runningQueries.set(database, running + 1)
  try {
    return await run()
  } finally {
    runningQueries.set(database, (runningQueries.get(database) ?? 1) - 1)
  }
}

/**
 * Runs statements with the limits of queries of clients. If `signal` aborts, the server cancels them too.
 *
 * @throws StudioError `unavailable` when the time is over, the client is gone or the database fails, and whatever `use` throws.
 */
export async function runLimited<T>(
  database: Database,
  signal: AbortSignal | undefined,
  use: (run: (statement: Statement) => Promise<QueryAnswer>) => Promise<T>,
): Promise<T> {
  const late = new StudioError('unavailable', `no answer within ${queryTimeoutMs} ms`)
  try {
    return await withDeadline(queryTimeoutMs, late, (deadline) => {
      const either = signal ? AbortSignal.any([signal, deadline]) : deadline
      return use((statement) => database.query(statement, limits, either))
    })
  } catch (error) {
    if (signal?.aborted) {
      throw new StudioError('unavailable', 'The client ended its request', { cause: error })
    }
    const reason = describeFailure(error)
    if (error instanceof StudioError || reason === null) throw error
    throw new StudioError('unavailable', `The query failed: ${reason}`, { cause: error })
  }
}
