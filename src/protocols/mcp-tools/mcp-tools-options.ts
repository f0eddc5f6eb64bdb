import type { ApprovalSpec } from '../../agents/approval-policy.ts'
import { isRecord, type JsonObject } from '../../lib/json.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkCount, checkDuration } from '../../lib/options/numbers.ts'
import type { McpToolInfo } from './mcp-client.ts'

/** Which tools of an MCP server an agent gets, and under which conditions. */
export interface McpToolsOptions extends McpServerAccess {
  /** Stands before each name, with `_`: `github` makes `github_create_issue`. 1 to 32 letters, digits, `_` or `-`. @default none */
  readonly prefix?: string
  /** Only these tools, by the server's names. @default all */
  readonly include?: readonly string[]
  /** Not these tools, by the server's names. @default none */
  readonly exclude?: readonly string[]
  /**
   * Whether the hints of the server about its tools count. With `none`, every call needs approval and no call is repeated after a crash.
   * With `annotations`, a tool that the server calls read-only needs no approval and is repeated, and one that it calls idempotent is
   * repeated: a server that lies decides then what runs without a person. @default 'none'
   */
  readonly trust?: 'annotations' | 'none'
  /** Returns which calls of a tool wait for a person. @default all, but those of a tool that `trust` lets pass */
  readonly approval?: (tool: McpToolInfo) => boolean | ApprovalSpec<JsonObject>
  /**
   * Hears of each tool that cannot be used, because of its schema or because it runs only as a task. Without it, such a tool makes
   * `mcpTools` throw; `exclude` is the other way to go on without it.
   */
  readonly onSkip?: (skipped: { readonly name: string; readonly reason: string }) => void
  /** Milliseconds that one call may take; any positive number. @default 60_000 */
  readonly timeoutMs?: number
  /** How many tools the agent may get, 1 to 1,000. With more, `mcpTools` throws. @default 128 */
  readonly maxTools?: number
  /** Characters of a description that the model gets; the rest is cut. 1 to 65,536. @default 4_096 */
  readonly maxDescription?: number
  /** Bytes of a result that the model gets; the rest is cut, and the model reads how much. 1 to 1,048,576. @default 262_144 */
  readonly maxResultBytes?: number
}

/** How the server at a URL is reached. */
export interface McpServerAccess {
  /**
   * Headers of each request, such as `authorization`. A function is asked for each connection, so that a token can be renewed. They go to the
   * origin of the URL only. Only with a URL. @default none
   */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
  /** The `fetch` that reaches the server. Only with a URL. @default the global `fetch` */
  readonly fetch?: typeof fetch
}

/** The options with every default filled in. */
export interface ResolvedMcpOptions {
  readonly prefix: string
  readonly include: ReadonlySet<string> | null
  readonly exclude: ReadonlySet<string>
  readonly isTrusting: boolean
  readonly approval: McpToolsOptions['approval']
  readonly onSkip: McpToolsOptions['onSkip']
  readonly timeoutMs: number
  readonly maxTools: number
  readonly maxDescription: number
  readonly maxResultBytes: number
}

const knownKeys: KnownKeys<McpToolsOptions> = {
  headers: true,
  fetch: true,
  prefix: true,
  include: true,
  exclude: true,
  trust: true,
  approval: true,
  onSkip: true,
  timeoutMs: true,
  maxTools: true,
  maxDescription: true,
  maxResultBytes: true,
}

/** @throws TypeError that names the option at fault. */
export function resolveMcpOptions(options: McpToolsOptions): ResolvedMcpOptions {
  refuseUnknownKeys('mcpTools', options, knownKeys, { timeout: 'timeoutMs', tools: 'include' })
  const { prefix, include, exclude = [], trust = 'none', approval, onSkip } = options
  check(
    prefix === undefined || /^[A-Za-z0-9_-]{1,32}$/.test(prefix),
    'prefix must be 1 to 32 letters, digits, "_" or "-"',
  )
  check(include === undefined || isNames(include), 'include must be a list of names')
  check(isNames(exclude), 'exclude must be a list of names')
  check(trust === 'annotations' || trust === 'none', "trust must be 'annotations' or 'none'")
  check(isFunction(approval), 'approval must be a function')
  check(isFunction(onSkip), 'onSkip must be a function')
  check(isHeaders(options.headers), 'headers must be an object of texts, or a function')
  check(isFunction(options.fetch), 'fetch must be a function')
  const { timeoutMs = 60_000, maxTools = 128 } = options
  const { maxDescription = 4_096, maxResultBytes = 262_144 } = options
  return {
    prefix: prefix === undefined ? '' : `${prefix}_`,
    include: include ? new Set(include) : null,
    exclude: new Set(exclude),
    isTrusting: trust === 'annotations',
    approval,
    onSkip,
    timeoutMs: checkDuration('timeoutMs of mcpTools', timeoutMs),
    maxTools: checkCount('maxTools of mcpTools', maxTools, 1, 1_000),
    maxDescription: checkCount('maxDescription of mcpTools', maxDescription, 1, 65_536),
    maxResultBytes: checkCount('maxResultBytes of mcpTools', maxResultBytes, 1, 1_048_576),
  }
}

function isNames(names: unknown): boolean {
  return Array.isArray(names) && names.every((name) => typeof name === 'string')
}

function isHeaders(headers: unknown): boolean {
  if (isFunction(headers)) return true
  return isRecord(headers) && Object.values(headers).every((value) => typeof value === 'string')
}

function isFunction(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new TypeError(`The option ${message} (mcpTools)`)
}
