import { inTime } from '../lib/deadline.ts'
import type { JsonObject } from '../lib/json.ts'
import { prepareJsonSchema } from '../lib/json-schema.ts'
import { type KnownKeys, refuseUnknownKeys } from '../lib/options/known-keys.ts'
import { checkDuration } from '../lib/options/numbers.ts'
import {
  isStandardSchema,
  isZod3,
  parseWith,
  toZod,
  type AnySchema,
  type InferOutput,
  type ParseResult,
} from '../lib/standard-schema.ts'
import { type ApprovalSpec, resolveApproval, type ToolApproval } from './approval-policy.ts'
import type { ToolContext } from './tool-context.ts'

/** What to do with a tool call that had started before a crash and whose outcome is unknown. */
export type OnUnknown = 'fail' | 'retry' | 'ask'

/** A tool as its author writes it. */
export interface ToolSpec<Schema extends AnySchema | undefined> {
  /** 1 to 64 letters, digits, `_` or `-`; unique within an agent. */
  readonly name: string
  readonly description: string
  /**
   * Checks and types the input: zod 4, zod 3, a Standard Schema that describes itself as JSON Schema, or JSON Schema. What
   * JSON cannot carry, such as `z.date()`, is refused. @default any object
   */
  readonly input?: Schema
  /**
   * Does the work. A returned text or list of result items is the result as it is. An async generator yields progress, and
   * its last value is the result. A stream, a `Response` and bytes are read as text; any other value becomes JSON with all
   * that it holds. A throw, a returned error, and a value that JSON cannot hold are an error result and reach `onError`.
   */
  readonly execute: (input: ToolInput<Schema>, context: ToolContext) => unknown
  /** True makes every call wait for a person. @default false */
  readonly approval?: boolean | ApprovalSpec<ToolInput<Schema>>
  /** True when a call can be repeated without harm. @default false */
  readonly idempotent?: boolean
  /** What to do with a call whose outcome is unknown after a crash. @default 'retry' when idempotent, else 'fail' */
  readonly onUnknown?: OnUnknown
  /** Milliseconds that one call may take; any positive number. @default only the run's `timeoutMs` limits it */
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

/**
 * Checks a tool and freezes it.
 *
 * @throws TypeError for an unknown key, an invalid name, an invalid duration, or a schema that describes no object, that
 *   cannot be checked, or that asks for values which JSON cannot carry.
 */
export function defineTool<const Schema extends AnySchema | undefined = undefined>(
  spec: ToolSpec<Schema>,
): Tool {
  type Input = ToolInput<Schema>
  refuseUnknownKeys('defineTool', spec, knownKeys, synonyms)
  const { name, description, execute, idempotent = false, timeoutMs = null } = spec
  if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new TypeError(
      `A tool name is 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(name)}`,
    )
  }
  check(name, typeof description === 'string', 'needs a description')
  check(name, typeof execute === 'function', 'needs an execute function')
  if (timeoutMs !== null) checkDuration(`timeoutMs of tool "${name}"`, timeoutMs)
  check(name, typeof idempotent === 'boolean', 'needs idempotent: true or false')
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

const knownKeys: KnownKeys<ToolSpec<undefined>> = {
  name: true,
  description: true,
  input: true,
  execute: true,
  approval: true,
  idempotent: true,
  onUnknown: true,
  timeoutMs: true,
}

const synonyms = {
  inputSchema: 'input',
  parameters: 'input',
  schema: 'input',
  args: 'input',
  handler: 'execute',
  run: 'execute',
  func: 'execute',
  call: 'execute',
  needsApproval: 'approval',
  requireApproval: 'approval',
  timeout: 'timeoutMs',
}

function resolveInput(
  name: string,
  schema: AnySchema | undefined,
): Pick<Tool, 'describeInput' | 'parseInput'> {
  try {
    const inputSchema = schema ?? { type: 'object', properties: {} }
    const describeInput = prepareJsonSchema(inputSchema)
    if (isStandardSchema(inputSchema) || isZod3(inputSchema)) {
      return { describeInput, parseInput: (input) => parseInTime(name, inputSchema, input) }
    }
    const plain: JsonObject = { type: 'object', ...inputSchema }
    toZod(plain)
    return { describeInput, parseInput: (input) => parseInTime(name, plain, input) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TypeError(`The input of tool "${name}" cannot be used: ${reason}`, {
      cause: error,
    })
  }
}

function parseInTime(name: string, schema: AnySchema, input: unknown): Promise<ParseResult> {
  return inTime(`The input schema of tool "${name}"`, () => parseWith(schema, input))
}

function check(name: string, holds: boolean, demand: string): void {
  if (!holds) throw new TypeError(`Tool "${name}" ${demand}`)
}
