import type { Json, JsonObject } from '../lib/json.ts'
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

/** What a tool and its approval policy are told about the call. */
export interface ToolContext {
  /** Aborts on cancellation, on the run's deadline, on the tool's own time limit and at shutdown. */
  readonly signal: AbortSignal
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolCallId: string
  /** The same for every attempt at this call; hand it to what the tool calls. */
  readonly idempotencyKey: string
  /** The run's metadata. */
  readonly metadata: JsonObject | null
}

/** A fixed text, or one made from the call; null says nothing. */
export type ToolText<Input> =
  string | ((input: Input, context: ToolContext) => string | null | undefined)

/** Which calls of a tool wait for a person, and what that person reads. */
export interface ApprovalSpec<Input> {
  /** Does this call need an approval? Every call does when left out. */
  readonly when?: (input: Input, context: ToolContext) => boolean | Promise<boolean>
  /** Why a person is asked. */
  readonly reason?: ToolText<Input>
  /** What the model is told after a refusal; a general sentence when left out. */
  readonly rejectMessage?: ToolText<Input>
  /** Milliseconds until an undecided approval counts as refused; never when left out. */
  readonly expiresInMs?: number
}

/** What a call is that was begun before a crash and may or may not have happened. */
export type OnUnknown = 'fail' | 'retry' | 'ask'

/** A tool as its author writes it. */
export interface ToolSpec<Schema extends AnySchema | undefined> {
  /** 1 to 64 letters, digits, `_` or `-`; unique within an agent. */
  readonly name: string
  readonly description: string
  /** Checks and types the input: zod 4, zod 3, any Standard Schema, or JSON Schema. Any object when left out. */
  readonly input?: Schema
  /** Does the work. A string is the result as it is, anything else is sent as JSON; a throw is an error result. */
  readonly execute: (input: ToolInput<Schema>, context: ToolContext) => unknown
  /** True: every call waits for a person. */
  readonly approval?: boolean | ApprovalSpec<ToolInput<Schema>>
  /** May a call be repeated without harm? @default false */
  readonly idempotent?: boolean
  /** What becomes of a call whose outcome a crash hid. @default 'retry' when idempotent, else 'fail' */
  readonly onUnknown?: OnUnknown
  /** Milliseconds one call may take. @default no limit of its own */
  readonly timeoutMs?: number
}

/** The parsed input of a tool with this schema. */
export type ToolInput<Schema> = [Schema] extends [AnySchema] ? InferOutput<Schema> : JsonObject

/** A tool as the run loop uses it: checked, frozen, its input type erased. */
export interface Tool {
  readonly name: string
  readonly description: string
  /** Answers the input as JSON Schema of type `object`. */
  describeInput(): Promise<JsonObject>
  parseInput(input: unknown): Promise<ParseResult>
  /** Takes what `parseInput` gave. Rejects with whatever the tool throws. */
  execute(input: unknown, context: ToolContext): Promise<unknown>
  /** Null when no call waits for a person. */
  readonly approval: ToolApproval | null
  readonly idempotent: boolean
  readonly onUnknown: OnUnknown
  readonly timeoutMs: number | null
}

/** The approval policy of a tool; inputs are what `parseInput` gave. */
export interface ToolApproval {
  when(input: unknown, context: ToolContext): Promise<boolean>
  reason(input: unknown, context: ToolContext): string | null
  rejectMessage(input: unknown, context: ToolContext): string | null
  readonly expiresInMs: number | null
}

/**
 * Checks a tool and freezes it.
 *
 * @throws TypeError for a bad name, a schema that describes no object or cannot be checked, or a bad duration.
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
    // The run loop hands over only what `parseInput` gave, which is an `Input`.
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
    const given = schema ?? { type: 'object', properties: {} }
    const describeInput = prepareJsonSchema(given)
    if (isStandardSchema(given) || isZod3(given)) {
      return { describeInput, parseInput: (input) => parseWith(given, input) }
    }
    const plain: JsonObject = { type: 'object', ...given }
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
 * Turns what a tool returned into result items: a string as it is, a list of result items as they are, nothing as an
 * empty text, everything else as JSON text.
 */
export function toToolResult(value: unknown): ToolResultItem[] {
  if (value === undefined) return [{ type: 'text', text: '' }]
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (Array.isArray(value) && value.length > 0 && value.every(isResultItem)) return value
  return [{ type: 'text', text: toJsonText(value) }]
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

function toJsonText(value: unknown): string {
  try {
    const text = JSON.stringify(value, (_key, member: unknown) =>
      typeof member === 'bigint' ? member.toString() : member,
    )
    return text ?? ''
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
