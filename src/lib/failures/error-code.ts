import { isRecord } from '../json.ts'

// Node, undici, Bun and postgres.js each have their own codes for a connection that failed or was lost.
const networkCode =
  /^(?:ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|ENET(?:DOWN|UNREACH|RESET)|EHOST(?:DOWN|UNREACH)|UND_ERR_\w+|ERR_HTTP2_\w+|ERR_STREAM_PREMATURE_CLOSE|Connection(?:Refused|Closed)|CONNECTION_\w+|CONNECT_TIMEOUT)$/

/** Returns the `code` of an error, such as `ECONNREFUSED` or an SQLSTATE; empty if it has none. */
export function errorCode(error: unknown): string {
  return isRecord(error) && typeof error.code === 'string' ? error.code : ''
}

/** Returns true for the code of an error by which a network connection failed or was lost. */
export function isNetworkCode(code: string): boolean {
  return networkCode.test(code)
}
