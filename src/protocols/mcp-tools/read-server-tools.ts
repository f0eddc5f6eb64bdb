import { z } from 'zod'
import { prepareClientTool } from '../../agents/loop/client-tools.ts'
import { defineTool, type Tool } from '../../agents/tool.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { jsonObjectSchema, type JsonObject } from '../../lib/json.ts'
import { prepareJsonSchema } from '../../lib/json-schema.ts'
import { compareText, toWellFormed, truncateText } from '../../lib/text.ts'
import { uniqueName } from '../../lib/unique-name.ts'
import { utf8Length } from '../../lib/utf8-length.ts'
import { callServerTool, clientTimeout, toMcpError } from './call-server-tool.ts'
import { connectToServer } from './connect-to-server.ts'
import type { McpToolInfo, McpToolsClient } from './mcp-client.ts'
import {
  type McpToolsOptions,
  type ResolvedMcpOptions,
  resolveMcpOptions,
} from './mcp-tools-options.ts'

/** In bytes of JSON. Every model call sends it. */
const maxSchemaBytes = 65_536

const hint = z.boolean().exactOptional().catch(false)

const listedTool = z.object({
  name: z.string().min(1).max(1_000),
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  inputSchema: jsonObjectSchema,
  annotations: z
    .object({
      readOnlyHint: hint,
      destructiveHint: hint,
      idempotentHint: hint,
      openWorldHint: hint,
    })
    .exactOptional(),
  execution: z.object({ taskSupport: z.string().exactOptional() }).exactOptional(),
})

type ListedTool = z.infer<typeof listedTool>

/** Reads the list of a server and makes tools of it. See `mcpTools`. */
export async function readServerTools(
  server: string | URL | McpToolsClient,
  given: McpToolsOptions,
): Promise<Tool[]> {
  const options = resolveMcpOptions(given)
  const client = await toClient(server, given)
  const listed = await listTools(client, options)
  const chosen = chooseTools(listed, options)
  const skipped: { name: string; reason: string }[] = []
  const names = new Set<string>()
  const tools = chosen.flatMap((tool) => {
    const fault = findFault(tool)
    if (fault !== null) {
      skipped.push({ name: tool.name, reason: fault })
      return []
    }
    return [makeTool(client, tool, { ...options, name: chooseName(tool, options.prefix, names) })]
  })
  reportSkipped(skipped, options)
  return tools.sort((a, b) => compareText(a.name, b.name))
}

async function toClient(
  server: string | URL | McpToolsClient,
  options: McpToolsOptions,
): Promise<McpToolsClient> {
  if (typeof server === 'string' || server instanceof URL) return connectToServer(server, options)
  if (typeof server?.getProtocolEra !== 'function') {
    throw new TypeError(
      'mcpTools needs a URL or a connected Client of @modelcontextprotocol/client 2; that of @modelcontextprotocol/sdk is another one',
    )
  }
  if (options.headers || options.fetch) {
    throw new TypeError(
      'The options headers and fetch are for a URL: a Client has its own (mcpTools)',
    )
  }
  return server
}

async function listTools(
  client: McpToolsClient,
  { timeoutMs }: ResolvedMcpOptions,
): Promise<ListedTool[]> {
  const late = new DOMException(
    `The MCP server did not list its tools within ${timeoutMs} ms`,
    'TimeoutError',
  )
  const timeout = clientTimeout(timeoutMs)
  const { tools } = await withDeadline(timeoutMs, late, (signal) =>
    client
      .listTools(undefined, { signal, timeout, maxTotalTimeout: timeout })
      .catch((error: unknown) => {
        throw signal.aborted ? late : toMcpError(error)
      }),
  )
  const parsed = z.array(listedTool).safeParse(tools)
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.slice(0, 5).map(({ path }) => path.join('.'))
  throw new TypeError(`The MCP server lists tools that cannot be read: ${paths.join(', ')}`)
}

/** @throws TypeError for a name that the server does not have, and for too many tools. */
function chooseTools(
  listed: readonly ListedTool[],
  { include, exclude, maxTools }: ResolvedMcpOptions,
): ListedTool[] {
  const byName = new Map(listed.map((tool) => [tool.name, tool]))
  const missing = [...(include ?? [])].filter((name) => !byName.has(name))
  if (missing.length > 0) {
    throw new TypeError(`The MCP server has no tool ${missing.map(quote).join(', ')} (include)`)
  }
  const chosen = [...byName.values()].filter(
    ({ name }) => (include?.has(name) ?? true) && !exclude.has(name),
  )
  if (chosen.length > maxTools) {
    const advice = 'choose some with include, or raise maxTools'
    throw new TypeError(
      `The MCP server has ${chosen.length} tools, more than ${maxTools}: ${advice}`,
    )
  }
  // a name that is valid as it is keeps it, whatever the order of the list is
  const rank = ({ name }: ListedTool) => (toValidName(name) === name ? 0 : 1)
  return chosen.sort((a, b) => rank(a) - rank(b) || compareText(a.name, b.name))
}

function toValidName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_')
}

function chooseName({ name }: ListedTool, prefix: string, names: Set<string>): string {
  const options = { separator: '_', maxLength: 64 } as const
  const chosen = uniqueName(prefix + toValidName(name), (taken) => names.has(taken), options)
  names.add(chosen)
  return chosen
}

/** Returns why a tool cannot be used; null if it can. */
function findFault(tool: ListedTool): string | null {
  if (tool.execution?.taskSupport === 'required') return 'it runs only as a task'
  try {
    if (utf8Length(JSON.stringify(tool.inputSchema)) > maxSchemaBytes) {
      return `its schema has more than ${maxSchemaBytes} bytes`
    }
    prepareInput(tool)
    return null
  } catch (error) {
    // a schema that is too deep says so by a RangeError
    const reason = error instanceof Error ? error.message : String(error)
    return `its schema cannot be used: ${truncateText(reason, 300)}`
  }
}

function prepareInput(tool: ListedTool): Pick<Tool, 'describeInput' | 'parseInput'> {
  const { inputSchema } = tool
  const { parseInput } = prepareClientTool({ name: tool.name, description: '', inputSchema })
  return {
    describeInput: prepareJsonSchema(inputSchema),
    async parseInput(input) {
      const parsed = await parseInput(input)
      return parsed.ok ? { ok: true, value: input } : parsed // the server fills in its own defaults
    },
  }
}

function makeTool(
  client: McpToolsClient,
  listed: ListedTool,
  options: ResolvedMcpOptions & { readonly name: string },
): Tool {
  const { name, isTrusting, timeoutMs, maxDescription } = options
  const { execution: _, ...info } = listed
  const { readOnlyHint = false, idempotentHint = false } = (isTrusting && info.annotations) || {}
  const description = toWellFormed(info.description || info.title || '')
  const tool = defineTool({
    name,
    description:
      description.length > maxDescription
        ? `${truncateText(description, maxDescription - 1)}…`
        : description,
    execute: (input: JsonObject, context) =>
      callServerTool({ client, tool: info, context, options }, input),
    approval: toApproval(info, options, readOnlyHint),
    idempotent: readOnlyHint || idempotentHint,
    timeoutMs,
  })
  return Object.freeze({ ...tool, ...prepareInput(listed) })
}

function toApproval(info: McpToolInfo, { approval }: ResolvedMcpOptions, isReadOnly: boolean) {
  return approval ? approval(info) : !isReadOnly
}

/** @throws TypeError that names each tool, if nobody else hears of them. */
function reportSkipped(
  skipped: readonly { readonly name: string; readonly reason: string }[],
  { onSkip }: ResolvedMcpOptions,
): void {
  if (onSkip) return skipped.forEach(onSkip)
  if (skipped.length === 0) return
  const list = skipped.slice(0, 20).map(({ name, reason }) => `${quote(name)}: ${reason}`)
  const advice = 'exclude them, or hear of them by onSkip'
  throw new TypeError(
    `The MCP server has tools that cannot be used (${advice}): ${list.join('; ')}`,
  )
}

function quote(name: string): string {
  return JSON.stringify(truncateText(name, 100))
}
