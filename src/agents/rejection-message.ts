import type { Approval } from '../records/approval.ts'
import { toToolContext } from './tool-context.ts'
import type { Tool } from './tool.ts'

/**
 * Returns what the model reads after a rejection without a reason: the message of the tool, else a general sentence. A
 * message function that throws is reported and ignored, because the rejection itself must not fail.
 */
export async function toRejection(
  tool: Tool | undefined,
  approval: Approval,
  onError: (error: unknown) => void,
): Promise<string> {
  const isLate = approval.status === 'timed_out'
  if (approval.clientTool) {
    return isLate
      ? 'The client did not answer the tool call in time.'
      : 'The client did not answer the tool call.'
  }
  const standard = isLate
    ? 'The approval of the tool call timed out.'
    : 'The tool call was rejected.'
  if (!tool?.approval) return standard
  try {
    const context = toToolContext(approval, new AbortController().signal)
    const parsed = await tool.parseInput(approval.input)
    const message = parsed.ok ? tool.approval.rejectMessage(parsed.value, context) : null
    return message || standard
  } catch (error) {
    onError(error)
    return standard
  }
}
