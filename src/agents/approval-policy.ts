import { inTime } from '../lib/deadline.ts'
import { type KnownKeys, refuseUnknownKeys } from '../lib/options/known-keys.ts'
import { checkDuration } from '../lib/options/numbers.ts'
import type { ToolContext } from './tool-context.ts'

/** A fixed text, or a function that makes one from the call. Null or undefined means no text. */
export type ToolText<Input> =
  string | ((input: Input, context: ToolContext) => string | null | undefined)

/** Which calls of a tool wait for a person's approval, and what that person reads. */
export interface ApprovalSpec<Input> {
  /**
   * Returns true for a call that needs approval, and false for one that may run. It has 60 s. If it throws, is late or returns
   * anything else, the call is refused and the model gets an error. @default every call does
   */
  readonly when?: (input: Input, context: ToolContext) => boolean | Promise<boolean>
  /** Explains to the person why the call needs approval. @default no reason */
  readonly reason?: ToolText<Input>
  /** The result that the model reads after a rejection. @default a general sentence */
  readonly rejectMessage?: ToolText<Input>
  /** Milliseconds until an undecided approval counts as rejected; any positive number. @default never */
  readonly expiresInMs?: number
}

/** The approval policy of a tool. Inputs are the values that `parseInput` returned. */
export interface ToolApproval {
  when(input: unknown, context: ToolContext): Promise<boolean>
  reason(input: unknown, context: ToolContext): string | null
  rejectMessage(input: unknown, context: ToolContext): string | null
  readonly expiresInMs: number | null
}

const knownApprovalKeys: KnownKeys<ApprovalSpec<unknown>> = {
  when: true,
  reason: true,
  rejectMessage: true,
  expiresInMs: true,
}

/** Checks the option `approval` of a tool. */
export function resolveApproval<Input>(
  name: string,
  approval: boolean | ApprovalSpec<Input> | undefined,
): ToolApproval | null {
  if (approval === undefined || approval === false) return null
  const { when, reason, rejectMessage, expiresInMs = null } = toApprovalSpec(name, approval)
  const what = `approval.when of tool "${name}"`
  return Object.freeze({
    when: (input: unknown, context: ToolContext) =>
      inTime(what, async () => {
        const needed: unknown = when === undefined || (await when(input as Input, context))
        if (typeof needed === 'boolean') return needed
        throw new TypeError(`${what} must return true or false, not ${typeof needed}`)
      }),
    reason: (input: unknown, context: ToolContext) => toText(reason, input as Input, context),
    rejectMessage: (input: unknown, context: ToolContext) =>
      toText(rejectMessage, input as Input, context),
    expiresInMs,
  })
}

function toApprovalSpec<Input>(
  name: string,
  approval: true | ApprovalSpec<Input>,
): ApprovalSpec<Input> {
  if (approval === true) return {}
  refuseUnknownKeys(`The approval of tool "${name}"`, approval, knownApprovalKeys, {
    timeoutMs: 'expiresInMs',
    needed: 'when',
    message: 'rejectMessage',
  })
  const { when, reason, rejectMessage, expiresInMs } = approval
  check(name, when === undefined || typeof when === 'function', 'needs a function approval.when')
  check(name, isToolText(reason), 'needs a text or a function as approval.reason')
  check(name, isToolText(rejectMessage), 'needs a text or a function as approval.rejectMessage')
  if (expiresInMs !== undefined) checkDuration(`expiresInMs of tool "${name}"`, expiresInMs)
  return approval
}

function isToolText(text: unknown): boolean {
  return text === undefined || typeof text === 'string' || typeof text === 'function'
}

/** Returns the text of a call. A promise is refused, because it could reject when nobody waits for it. */
function toText<Input>(
  text: ToolText<Input> | undefined,
  input: Input,
  context: ToolContext,
): string | null {
  const made: unknown = typeof text === 'function' ? text(input, context) : text
  if (made === undefined || made === null) return null
  if (typeof made === 'string') return made
  Promise.resolve(made).catch(() => {})
  throw new TypeError(`An approval text must be a text, not ${typeof made}`)
}

function check(name: string, holds: boolean, demand: string): void {
  if (!holds) throw new TypeError(`Tool "${name}" ${demand}`)
}
