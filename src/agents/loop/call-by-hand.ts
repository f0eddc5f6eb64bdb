import { abortable, withDeadline } from '../../lib/deadline.ts'
import type { Json } from '../../lib/json.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { ToolResultItem } from '../../records/message.ts'
import type { ToolContext } from '../tool-context.ts'
import type { Tool } from '../tool.ts'
import { readToolOutput } from './tool-output.ts'
import { toProgress, truncateItems } from './tool-result.ts'

/** How a call ended that a person made by hand. */
export type HandOutcome =
  | {
      readonly kind: 'done'
      readonly items: readonly ToolResultItem[]
      readonly progress: readonly Json[]
    }
  | { readonly kind: 'needs approval'; readonly reason: string | null }
  | {
      readonly kind: 'failed'
      readonly error: { readonly name: string; readonly message: string }
      /** The error as it was thrown, for `onError` only. */
      readonly cause: unknown
    }

/** The bounds of a call, and what the tool learns about it. */
export interface HandCall {
  readonly timeoutMs: number
  /** How many values of a generator are kept. */
  readonly maxEvents: number
  toContext(signal: AbortSignal): ToolContext
}

/** Calls a tool with parsed input, unless its approval policy wants a person to decide. */
export async function callByHand(
  tool: Tool,
  input: unknown,
  { timeoutMs, maxEvents, toContext }: HandCall,
): Promise<HandOutcome> {
  const { name, approval } = tool
  const late = new DOMException(
    `Tool ${name} did not answer within ${timeoutMs} ms`,
    'TimeoutError',
  )
  const progress: Json[] = []
  const onProgress = async (value: unknown) => {
    if (progress.length < maxEvents) progress.push(toProgress(value))
  }
  try {
    return await withDeadline(timeoutMs, late, async (signal): Promise<HandOutcome> => {
      const context = toContext(signal)
      if (approval && (await abortable(approval.when(input, context), signal))) {
        return { kind: 'needs approval', reason: approval.reason(input, context) }
      }
      const execute = async () =>
        readToolOutput(await tool.execute(input, context), { signal, onProgress })
      return { kind: 'done', items: truncateItems(await abortable(execute(), signal)), progress }
    })
  } catch (cause) {
    return { kind: 'failed', error: toPublicError(cause), cause }
  }
}
