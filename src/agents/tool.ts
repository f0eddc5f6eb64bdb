import { type Json, type JsonObject, toJsonText } from '../lib/json.ts'
import { prepareJsonSchema } from '../lib/json-schema.ts'
import {
  isStandardSchema,
  isZod3,
  parseWith,
  toZod,
  type AnySchema,
  type InferOutput,
  type ParseResult,
} from '../lib/standard-schema.ts'
import type { ToolResultItem } from '../records/message.ts'

/** The call that a tool or its approval policy is run for. */
export interface ToolContext {
  /** Aborts on cancellation, on the deadline of the run, on the time limit of the tool and at shutdown. */
  readonly signal: AbortSignal
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolCallId: string
  /** The same for every attempt at this call. Pass it to the services that the tool calls. */
  readonly idempotencyKey: string
  /** The metadata of the run. */
  readonly metadata: JsonObject | null
}

/** A fixed text, or a function that makes one from the call. Null or undefined means no text. */
export type ToolText<Input> =
  string | ((input: Input, context: ToolContext) => string | null | undefined)

/** Which calls of a tool wait for a person's approval, and what that person reads. */
export interface ApprovalSpec<Input> {
  /** Returns true for a call that needs approval. @default every call does */
  readonly when?: (input: Input, context: ToolContext) => boolean | Promise<boolean>
  /** Explains to the person why the call needs approval. @default no reason */
  readonly reason?: ToolText<Input>
  /** The result that the model reads after a rejection. @default a general sentence */
  readonly rejectMessage?: ToolText<Input>
  /** Milliseconds until an undecided approval counts as rejected. @default never */
  readonly expiresInMs?: number
}

/** What to do with a tool call that had started before a crash and whose outcome is unknown. */
export type OnUnknown = 'fail' | 'retry' | 'ask'

/** A tool as its author writes it. */
export interface ToolSpec<Schema extends AnySchema | undefined> {
  /** 1 to 64 letters, digits, `_` or `-`; unique within an agent. */
  readonly name: string
  readonly description: string
  /** Checks and types the input: zod 4, zod 3, any Standard Schema, or JSON Schema. @default any object */
  readonly input?: Schema
  /** Does the work. A returned string is the result as it is, any other value becomes JSON; a throw is an error result. */
  readonly execute: (input: ToolInput<Schema>, context: ToolContext) => unknown
  /** True makes every call wait for a person. @default false */
  readonly approval?: boolean | ApprovalSpec<ToolInput<Schema>>
  /** True when a call can be repeated without harm. @default false */
  readonly idempotent?: boolean
  /** What to do with a call whose outcome is unknown after a crash. @default 'retry' when idempotent, else 'fail' */
  readonly onUnknown?: OnUnknown
  /** Milliseconds that one call may take. @default only the run's `timeoutMs` limits it */
  readonly timeoutMs?: number
}

/** The parsed input of a tool with this schema. */
export type ToolInput<Schema> = [Schema] extends [AnySchema] ? InferOutput<Schema> : JsonObject

/** A tool as the run loop uses it: checked, frozen, without its input type. */
export interface Tool {
  readonly name: string
  readonly description: string
  /** Returns the input as a JSON Schema of type `object`. */
  describeInput(): Promise<JsonObject>
  parseInput(input: unknown): Promise<ParseResult>
  /** Takes the value that `parseInput` returned. Rejects with whatever the tool throws. */
  execute(input: unknown, context: ToolContext): Promise<unknown>
  /** Null when no call needs approval. */
  readonly approval: ToolApproval | null
  readonly idempotent: boolean
  readonly onUnknown: OnUnknown
  readonly timeoutMs: number | null
}

/** The approval policy of a tool. Inputs are the values that `parseInput` returned. */
export interface ToolApproval {
  when(input: unknown, context: ToolContext): Promise<boolean>
  reason(input: unknown, context: ToolContext): string | null
  rejectMessage(input: unknown, context: ToolContext): string | null
  readonly expiresInMs: number | null
}

/**
 * Checks a tool and freezes it.
 *
 * @throws TypeError for an invalid name, a schema that describes no object or cannot be checked, or an invalid duration.
 */
export function defineTool<const Schema extends AnySchema | undefined = undefined>(
  spec: ToolSpec<Schema>,
): Tool {
  type Input = ToolInput<Schema>
  const { name, description, execute, idempotent = false, timeoutMs = null } = spec
  if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new TypeError(
      `A tool name is 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(name)}`,
    )
  }
  check(name, typeof description === 'string', 'needs a description')
  check(name, typeof execute === 'function', 'needs an execute function')
  check(name, isDuration(timeoutMs), 'needs a timeoutMs above 0')
  const { onUnknown = idempotent ? 'retry' : 'fail' } = spec
  check(
    name,
    ['fail', 'retry', 'ask'].includes(onUnknown),
    "needs onUnknown 'fail', 'retry' or 'ask'",
  )
  return Object.freeze({
    name,
    description,
    ...resolveInput(name, spec.input),
    // The run loop passes only values that `parseInput` returned, and those are of type `Input`.
    execute: async (input: unknown, context: ToolContext) => execute(input as Input, context),
    approval: resolveApproval(name, spec.approval),
    idempotent,
    onUnknown,
    timeoutMs,
  })
}

function resolveInput(
  name: string,
  schema: AnySchema | undefined,
): Pick<Tool, 'describeInput' | 'parseInput'> {
  try {
    const inputSchema = schema ?? { type: 'object', properties: {} }
    const describeInput = prepareJsonSchema(inputSchema)
    if (isStandardSchema(inputSchema) || isZod3(inputSchema)) {
      return { describeInput, parseInput: (input) => parseWith(inputSchema, input) }
    }
    const plain: JsonObject = { type: 'object', ...inputSchema }
    toZod(plain)
    return { describeInput, parseInput: (input) => parseWith(plain, input) }
  } catch (error) {
    throw new TypeError(`The input of tool "${name}" cannot be used: ${String(error)}`, {
      cause: error,
    })
  }
}

function resolveApproval<Input>(
  name: string,
  approval: boolean | ApprovalSpec<Input> | undefined,
): ToolApproval | null {
  if (approval === undefined || approval === false) return null
  const { when, reason, rejectMessage, expiresInMs = null } = approval === true ? {} : approval
  check(name, isDuration(expiresInMs), 'needs an expiresInMs above 0')
  return Object.freeze({
    when: async (input: unknown, context: ToolContext) =>
      when === undefined || (await when(input as Input, context)),
    reason: (input: unknown, context: ToolContext) => toText(reason, input as Input, context),
    rejectMessage: (input: unknown, context: ToolContext) =>
      toText(rejectMessage, input as Input, context),
    expiresInMs,
  })
}

function toText<Input>(
  text: ToolText<Input> | undefined,
  input: Input,
  context: ToolContext,
): string | null {
  return (typeof text === 'function' ? text(input, context) : text) ?? null
}

function isDuration(milliseconds: number | null): boolean {
  return milliseconds === null || (Number.isFinite(milliseconds) && milliseconds > 0)
}

function check(name: string, holds: boolean, demand: string): void {
  if (!holds) throw new TypeError(`Tool "${name}" ${demand}`)
}

/**
 * Turns the value that a tool returned into result items: a string and a list of result items as they are, undefined as an
 * empty text, everything else as JSON text.
 */
export function toToolResult(value: unknown): ToolResultItem[] {
  if (value === undefined) return [{ type: 'text', text: '' }]
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (Array.isArray(value) && value.length > 0 && value.every(isResultItem)) return value
  return [{ type: 'text', text: describe(value) }]
}

function isResultItem(value: unknown): value is ToolResultItem {
  if (typeof value !== 'object' || value === null) return false
  const item = value as Record<string, Json | undefined>
  if (item.type === 'text') return typeof item.text === 'string'
  return (
    item.type === 'image' &&
    typeof item.data === 'string' &&
    (item.mediaType === undefined || typeof item.mediaType === 'string')
  )
}

/** Falls back to plain text for a value that JSON cannot hold, such as a cycle. */
function describe(value: unknown): string {
  try {
    return toJsonText(value) ?? ''
  } catch {
    return String(value)
  }
}

/** Names a tool call and its run. */
export interface ToolCallRef {
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolCallId: string
  readonly metadata: JsonObject | null
}

/** Returns what a tool and its approval policy learn about a call. */
export function toToolContext(call: ToolCallRef, signal: AbortSignal): ToolContext {
  const { runId, agentId, sessionId, toolCallId, metadata } = call
  const idempotencyKey = `${runId}:${toolCallId}`
  return { signal, runId, agentId, sessionId, toolCallId, idempotencyKey, metadata }
}
