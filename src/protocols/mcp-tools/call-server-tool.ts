import type { ToolContext } from '../../agents/tool-context.ts'
import type { JsonObject } from '../../lib/json.ts'
import { isRecord } from '../../lib/json.ts'
import { redactText } from '../../lib/redact.ts'
import { truncateText } from '../../lib/text.ts'
import { toResultItems } from './call-results.ts'
import type { McpToolInfo, McpToolsClient } from './mcp-client.ts'
import type { ResolvedMcpOptions } from './mcp-tools-options.ts'

/** One call of a server's tool. */
export interface ServerCall {
  readonly client: McpToolsClient
  readonly tool: McpToolInfo
  readonly context: ToolContext
  readonly options: Pick<ResolvedMcpOptions, 'timeoutMs' | 'maxResultBytes'>
}

/** Further reports of one call are dropped: each is an event of the run. */
const maxReports = 500
/** The length of a report's text, in characters. */
const maxReportText = 1_000

interface Report {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

/** Calls a tool of a server. Yields how far the call is, as the server reports it, and then the items of its result. */
export async function* callServerTool(call: ServerCall, input: JsonObject) {
  const { signal } = call.context
  /** The newest report that nobody has read: a server that reports faster than the run can store fills no queue. */
  let report: Report | null = null
  let notify = () => {}
  const answer = startCall(call, input, (next) => {
    report = next
    notify()
  })
  let isOver = false
  const over = () => {
    isOver = true
    notify()
  }
  answer.then(over, over)
  for (let reports = 0; !isOver;) {
    if (report === null) {
      await new Promise<void>((resolve) => (notify = resolve))
      continue
    }
    const shown: Report = report
    report = null
    if (++reports <= maxReports) yield shown
  }
  const result = await answer.catch((error: unknown) => {
    signal.throwIfAborted()
    throw toMcpError(error)
  })
  yield toResultItems(result, call.options.maxResultBytes)
}

async function startCall(
  { client, tool, context, options }: ServerCall,
  input: JsonObject,
  onReport: (report: Report) => void,
): Promise<unknown> {
  const { name, inputSchema } = tool
  const { signal, traceparent } = context
  const timeout = clientTimeout(options.timeoutMs)
  return client.callTool(
    {
      name,
      arguments: { ...input },
      ...(traceparent === undefined ? {} : { _meta: { traceparent } }),
    },
    {
      signal,
      timeout,
      maxTotalTimeout: timeout,
      // Without the schema of the output, whose regular expressions would be run here.
      toolDefinition: { name, inputSchema: { ...inputSchema, type: 'object' } },
      onprogress: ({ progress, total, message }) =>
        onReport({
          progress,
          ...(total === undefined ? {} : { total }),
          ...(message === undefined ? {} : { message: truncateText(message, maxReportText) }),
        }),
    },
  )
}

/** Returns the time limit of the client, which takes effect only where ours does not. */
export function clientTimeout(timeoutMs: number): number {
  return Math.min(timeoutMs + 1_000, 2_147_483_647) // a host's timer with a longer delay fires at once
}

/**
 * Says a failure of the client in words that hold nothing of the connection. Only what the server answered as an error of the
 * protocol is passed on, redacted; the cause is for the operator.
 */
export function toMcpError(error: unknown): Error {
  const { name, code, message } = isRecord(error) || error instanceof Error ? toMembers(error) : {}
  const isAnswer = typeof code === 'number' && name !== 'SdkHttpError'
  const text = isAnswer
    ? `The MCP server refused the request (${code}): ${redactText(String(message))}`
    : `The MCP server did not answer${typeof code === 'string' ? ` (${redactText(code)})` : ''}`
  return Object.assign(new Error(text, { cause: error }), { name: 'McpError' })
}

function toMembers(error: object): { name?: unknown; code?: unknown; message?: unknown } {
  return error
}
