import { explainSharedConnection, StudioError } from '../../errors.ts'
import { errorCode, isNetworkCode } from '../../lib/failures/error-code.ts'
import { isRecord } from '../../lib/json.ts'

// SQLSTATE classes for an outage: connection, resources, operator intervention, system error. A read-only transaction is
// what a server answers after a failover, and a lock that was not available ends a migration that waited too long. A role
// that lost its privileges can get them back, so its runs wait as for a server.
const unavailableState = /^(?:08|53|57P|58|25006$|42501$|55P03$)/

/** Codes by which a statement certainly was not executed: no connection was made, or PostgreSQL refused or rolled it back. */
const notExecuted =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOST\w+|ENET\w+|CONNECT_TIMEOUT|CONNECTION_ENDED|08001|08004|53\w{3}|57P03|25006|42501|55P03)$/

/** Codes of a connection that was lost while it was in use. */
const lostConnection =
  /^(?:ECONNRESET|EPIPE|ETIMEDOUT|CONNECTION_(?:CLOSED|DESTROYED)|08006|08003|57P01|57P02|57P05)$/

/** Creates the error for a database that cannot be reached or does not answer in time. */
export function unavailable(from: {
  readonly text?: string
  readonly cause?: unknown
  readonly isOutcomeUnknown?: boolean
}): StudioError {
  return new StudioError('unavailable', from.text ?? 'The database does not answer', {
    cause: from.cause,
    headers: { 'retry-after': '1' },
    ...(from.isOutcomeUnknown ? { details: { outcome: 'unknown' } } : {}),
  })
}

/** Converts an error of the driver: an outage becomes `unavailable`, any other error stays as it is. */
export function toStoreError(error: unknown, wasSent: boolean): unknown {
  const code = errorCode(error)
  if (error instanceof StudioError) return error
  if (isConflict(error) || unavailableState.test(code) || isNetworkCode(code)) {
    return unavailable({
      text:
        code === '42501'
          ? 'The database refuses this: its role lacks a privilege'
          : 'The database is not available',
      cause: error,
      isOutcomeUnknown: wasSent && !isConflict(error) && !notExecuted.test(code),
    })
  }
  return explainSharedConnection(error) ?? error
}

// 57014: a cancellation that came late, for a query that the connection had before.
const rolledBack = /^(?:40001|40P01|57014)$/

/** Was the statement rolled back because of another one, or because its deadline was over? It may be sent again. */
export function isConflict(error: unknown): boolean {
  return rolledBack.test(errorCode(error)) || isTooLate(error) || isMisrouted(error)
}

/**
 * Was a day of the log made while the statement waited to write its rows to the common partition? Unlike a check of a table, the
 * bounds of a partition have no name.
 */
function isMisrouted(error: unknown): boolean {
  const isNamed = isRecord(error) && (error['constraint_name'] ?? error['constraint']) !== undefined
  return errorCode(error) === '23514' && !isNamed
}

/** Did the statement find its deadline over? No statement of the stores divides for another reason. */
export function isTooLate(error: unknown): boolean {
  return errorCode(error) === '22012'
}

/** Was the connection lost while the statement used it? */
export function isLost(error: unknown): boolean {
  return lostConnection.test(errorCode(error))
}
