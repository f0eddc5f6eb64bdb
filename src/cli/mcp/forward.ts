import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { withDeadline } from '../../lib/deadline.ts'
import { isRecord } from '../../lib/json.ts'
import { redactText } from '../../lib/redact.ts'
import { library } from '../../library.ts'
import { commandFailure, isCommandFailure } from '../command.ts'
import type { Target } from '../target.ts'

/** Most requests that wait for answers at the same time. */
const maxPending = 100
/** How long a request may take, in milliseconds. */
const timeoutMs = 120_000
/** The revision in which the Studio is asked. Its requests need no headers that repeat the body. */
const revision = '2025-11-25'

const parts = ['tools', 'resources', 'prompts', 'completions'] as const

/** What a Studio says of its MCP server. */
export interface Opened {
  readonly info: { readonly name: string; readonly version: string; readonly title?: string }
  readonly instructions: string | undefined
  readonly offers: readonly (typeof parts)[number][]
}

/** Sends the requests of a client to the MCP endpoint of a Studio. */
export interface Forward {
  /** @throws An error for the terminal, if the endpoint does not answer. */
  open(): Promise<Opened>
  /** Returns the result. @throws ProtocolError with what the client may know. */
  send(method: string, params: unknown, signal: AbortSignal): Promise<Record<string, unknown>>
}

const openedSchema = z.object({
  serverInfo: z.object({
    name: z.string(),
    version: z.string(),
    title: z.string().exactOptional(),
  }),
  instructions: z.string().optional(),
  capabilities: z.record(z.string(), z.unknown()),
})

const messageSchema = z.object({
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }).optional(),
})

/** Creates a forward to the endpoint of `target`. `ending` aborts whatever is under way. */
export function createForward(target: Target, ending: AbortSignal): Forward {
  let pending = 0
  function post(method: string, params: unknown, signal: AbortSignal) {
    const { _meta, ...rest } = isRecord(params) ? params : {}
    const late = () => commandFailure(`The Studio did not answer within ${timeoutMs} ms`)
    return withDeadline(timeoutMs, late, async (deadline) => {
      const response = await target.send('/ai/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': revision,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: rest }),
        signal: AbortSignal.any([ending, signal, deadline]),
      })
      return readMessage(response)
    })
  }
  return {
    async open() {
      const clientInfo = { name: library.name, version: library.version }
      const params = { protocolVersion: revision, capabilities: {}, clientInfo }
      const { result, error } = await post('initialize', params, ending)
      if (error) throw commandFailure(`The MCP server refused to start: ${error.message}`)
      const { serverInfo, instructions, capabilities } = openedSchema.parse(result)
      const offers = parts.filter((name) => capabilities[name] !== undefined)
      return { info: serverInfo, instructions, offers }
    },
    async send(method, params, signal) {
      if (pending >= maxPending) {
        throw internalError(`More than ${maxPending} requests are waiting for answers`)
      }
      pending += 1
      try {
        const { result, error } = await post(method, params, signal)
        if (error) throw new ProtocolError(error.code, error.message, error.data)
        return result ?? {}
      } catch (error) {
        throw toClientError(error)
      } finally {
        pending -= 1
      }
    },
  }
}

async function readMessage(response: Response): Promise<z.infer<typeof messageSchema>> {
  const text = await response.text()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const { success, data } = messageSchema.safeParse(parseJson(isStream ? lastData(text) : text))
  if (success && (data.result ?? data.error)) return data
  const hint = response.status === 401 ? ' Set STUDIO_TOKEN.' : ''
  throw commandFailure(
    response.status === 404
      ? 'This Studio has no MCP server: is this the address of a Studio, and is `ai` on?'
      : `The MCP server of the Studio returned ${response.status}${reason(text)}${hint}`,
  )
}

/** Returns the data of the last event of a stream. */
function lastData(text: string): string {
  const events = text.split(/\r?\n\r?\n/).filter((event) => /^data:/m.test(event))
  const lines = (events.at(-1) ?? '').split(/\r?\n/)
  return lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Returns the message of Studio's own error envelope, or nothing for another body. */
function reason(text: string): string {
  const body = parseJson(text)
  const error = isRecord(body) ? body['error'] : null
  const message = isRecord(error) ? error['message'] : null
  return typeof message === 'string' ? `: ${redactText(message.slice(0, 300))}.` : ''
}

function toClientError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error
  return internalError(isCommandFailure(error) ? error.message : 'The request failed')
}

function internalError(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InternalError, message)
}
