import type { Approval } from '../records/approval.ts'
import { type Tool, toToolContext } from './tool.ts'

/**
 * What the model reads after a refusal without a reason: the tool's own message, else a general sentence. A message
 * function that throws is reported and passed over: the refusal itself must not fail.
 */
export async function toRejection(
  tool: Tool | undefined,
  approval: Approval,
  onError: (error: unknown) => void,
): Promise<string> {
  const standard =
    approval.status === 'timed_out'
      ? 'The approval of the tool call timed out.'
      : 'The tool call was rejected.'
  if (!tool?.approval) return standard
  const context = toToolContext(approval, new AbortController().signal)
  try {
    const parsed = await tool.parseInput(approval.input)
    const message = parsed.ok ? tool.approval.rejectMessage(parsed.value, context) : null
    return message || standard
  } catch (error) {
    onError(error)
    return standard
  }
}
