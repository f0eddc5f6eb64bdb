import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'

/** Returns an error as a result, so that the model can correct its call. An unknown tool is an error of the protocol. */
export function toFailure(
  error: unknown,
  introspection: IntrospectionModule,
  exchange: Exchange,
): CallToolResult {
  const known = error instanceof StudioError ? error : null
  if (known?.code === 'not_found') {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, known.message)
  }
  report(error, introspection, exchange)
  const { code, message, details } = known ?? { code: 'internal_error', message: 'Internal error' }
  const shown = { error: { code, message, ...(details === undefined ? {} : { details }) } }
  return { content: [{ type: 'text', text: JSON.stringify(shown) }], isError: true }
}

/** Returns what the client may learn of an error. Whatever is unknown is masked and reported. */
export function toProtocolError(
  error: unknown,
  introspection: IntrospectionModule,
  exchange: Exchange,
): ProtocolError {
  if (error instanceof ProtocolError) return error
  report(error, introspection, exchange)
  if (!(error instanceof StudioError)) {
    return new ProtocolError(ProtocolErrorCode.InternalError, 'Internal error')
  }
  const { code, message, details } = error
  const isInvalid = code === 'bad_request' || code === 'not_found'
  const { InvalidParams, InternalError } = ProtocolErrorCode
  const data = { code, ...(details === undefined ? {} : { details }) }
  return new ProtocolError(isInvalid ? InvalidParams : InternalError, message, data)
}

/** Returns the error for a URI that names nothing. */
export function resourceNotFound(uri: string, hint = ''): ProtocolError {
  return new ResourceNotFoundError(uri, `Resource ${uri.slice(0, 300)} not found.${hint}`)
}

function report(error: unknown, { onError }: IntrospectionModule, { request }: Exchange): void {
  const cause = error instanceof StudioError ? error.cause : error
  if (cause !== undefined) void (async () => onError(cause, request))().catch(() => undefined)
}
