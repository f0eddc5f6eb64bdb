import { StudioClientError } from '../../client.ts'
import { redactText } from '../../lib/redact.ts'
import { isCommandFailure } from '../command.ts'

/** The error codes of JSON-RPC, and those that ACP adds. */
export const rpcCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  authRequired: -32000,
  notFound: -32002,
} as const

/** An error as it goes to the client. It holds nothing that stays on the server. */
export interface RpcFailure {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

interface Refusal extends Error {
  readonly failure: RpcFailure
}

/** Makes an error that goes to the client as it is. */
export function refuseRpc(
  kind: keyof typeof rpcCodes,
  message: string,
  data?: Readonly<Record<string, unknown>>,
): Refusal {
  const failure = { code: rpcCodes[kind], message, ...(data === undefined ? {} : { data }) }
  return Object.assign(new Error(message), { failure })
}

/** Says what went wrong in the words of JSON-RPC; null for what the client may not know. */
export function toRpcFailure(error: unknown): RpcFailure | null {
  if (error instanceof Error && 'failure' in error) return (error as Refusal).failure
  if (!(error instanceof StudioClientError)) return null
  const { code, runId, details, cause } = error
  const message = isCommandFailure(cause) ? cause.message : error.message
  const data = {
    code,
    ...(details === undefined ? {} : { details }),
    ...(runId === null ? {} : { runId }),
  }
  return { code: codeOf(error), message: redactText(message), data }
}

const codesOfStatus: Readonly<Record<number, keyof typeof rpcCodes>> = {
  400: 'invalidParams',
  401: 'authRequired',
  404: 'notFound',
  413: 'invalidParams',
  415: 'invalidParams',
  422: 'invalidParams',
}

function codeOf({ status, code }: StudioClientError): number {
  const isOfStudio = status !== null && code !== 'bad_answer'
  return rpcCodes[(isOfStudio && codesOfStatus[status]) || 'internalError']
}
