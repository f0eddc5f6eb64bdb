import { abortable } from '../../lib/deadline.ts'
import { toPublicError } from '../../lib/redact.ts'
import { parseJsonTexts } from '../../lib/tools/json-texts.ts'
import type { ParseResult, SchemaFault } from '../../lib/standard-schema.ts'
import type { ToolCall } from '../../records/run.ts'
import type { Tool } from '../tool.ts'
import { reportFailure, type RunState } from './run-state.ts'

/**
 * Checks the input of a call. A schema that throws or does not answer counts as one that rejects the input. Returns null if
 * the run was stopped before the schema answered.
 */
export async function parseInput(
  state: Pick<RunState, 'host' | 'run' | 'signal'>,
  tool: Pick<Tool, 'parseInput'>,
  call: ToolCall,
): Promise<ParseResult | null> {
  try {
    return await abortable(
      parseOrMend(tool, call.input), // catches what a tool throws before its promise
      state.signal,
    )
  } catch (error) {
    if (state.signal.aborted) return null
    reportFailure(state, error, call)
    return { ok: false, faults: [{ path: '', message: toPublicError(error).message }] }
  }
}

/** Parses an input; one that is refused is parsed once more with its JSON texts as values. */
async function parseOrMend(
  tool: Pick<Tool, 'parseInput'>,
  input: ToolCall['input'],
): Promise<ParseResult> {
  const result = await tool.parseInput(input)
  if (result.ok) return result
  const mended = parseJsonTexts(input, result.faults)
  if (mended === null) return result
  const second = await tool.parseInput(mended as ToolCall['input'])
  return second.ok ? second : result
}

/** Returns what the model reads about an input that does not fit. */
export function describeFaults(faults: readonly SchemaFault[]): string {
  const texts = faults.map(({ path, message }) => (path ? `${path}: ${message}` : message))
  return `InvalidInputError: ${texts.join('; ') || 'the input does not fit'}`
}
