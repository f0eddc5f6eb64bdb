import { errorCode } from '../lib/failures/error-code.ts'
import { explainSharedConnection, StudioError } from '../errors.ts'

/** Fixed sentences by driver code, system code or SQLSTATE. They never contain a host, user, path or SQL text. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'host unreachable',
  ECONNRESET: 'connection closed',
  EPIPE: 'connection closed',
  CONNECTION_CLOSED: 'connection closed',
  CONNECTION_ENDED: 'connection closed',
  CONNECTION_DESTROYED: 'connection closed',
  CONNECT_TIMEOUT: 'connection timed out',
  ETIMEDOUT: 'connection timed out',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'file not found',
  ENOTDIR: 'not a folder',
  '3D000': 'the database does not exist',
  '3F000': 'the schema does not exist',
  '42P01': 'the table does not exist',
  '42501': 'permission denied',
  '53300': 'too many connections',
  '55P03': 'a lock was not available',
  '57014': 'the query was cancelled or took too long',
  '57P01': 'the server is shutting down',
  '57P02': 'the server is restarting after a crash',
  '57P03': 'the server is starting up',
}

/** Fixed sentences by SQLSTATE class, for states that `reasons` does not list. */
const classes: Readonly<Record<string, string>> = {
  '08': 'connection failed',
  '22': 'a value does not fit its field',
  '28': 'authentication failed',
  '42': 'the query was refused',
  '53': 'the server is out of resources',
}

/** Describes an error in words that are safe to send to clients; null when the cause is unknown. */
export function describeFailure(error: unknown): string | null {
  if (error instanceof StudioError) return error.message
  const code = errorCode(error)
  return reasons[code] ?? (code.length === 5 ? classes[code.slice(0, 2)] : undefined) ?? null
}

/** Describes an error in words that are safe to send to clients; reports an unknown error to the operator. */
export function explainFailure(error: unknown, report: (error: unknown) => void): string {
  const explained = explainSharedConnection(error)
  const reason = describeFailure(explained ?? error)
  if (explained || reason === null) report(explained ?? error)
  return reason ?? 'failed for an unexpected reason'
}
