import type { CallToolResult } from '@modelcontextprotocol/server'
import type { Approval } from '../../records/approval.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import type { LoggedEvent } from '../shared/run-events.ts'

/** Shows a run that has ended, or one of which this process can tell no more. */
export function endResult(run: RunSummary, last: LoggedEvent | undefined): CallToolResult {
  const { id: runId, status } = run
  if (last?.type === 'final') {
    return {
      content: [{ type: 'text', text: last.output }],
      structuredContent: { runId, status, output: last.output, usage: last.usage },
    }
  }
  return {
    content: [{ type: 'text', text: describeEnd(run, last) }],
    structuredContent: { runId, status, ...usageOf(last) },
    isError: true,
  }
}

function usageOf(last: LoggedEvent | undefined) {
  return last?.type === 'error' || last?.type === 'cancelled' ? { usage: last.usage } : {}
}

function describeEnd({ id, status }: RunSummary, last: LoggedEvent | undefined): string {
  if (last?.type === 'error') return `The run failed: ${last.error.message}`
  if (last?.type === 'cancelled') return `The run was cancelled. ${last.reason ?? ''}`.trim()
  if (isEnded(status)) return `The run has ended as ${status}.`
  return `The connection to run ${id} was cut off: call the tool with { "runId": "${id}" }.`
}

/** Shows a run that waits for people who have to decide elsewhere. */
export function waitingResult(run: RunSummary, pending: readonly Approval[]): CallToolResult {
  const approvals = pending.map(({ id, toolName, input, requestReason: reason }) => {
    return { approvalId: id, toolName, input, reason }
  })
  const { id: runId, status } = run
  const calls = pending.map(({ id, toolName }) => `${toolName} (approval ${id})`).join(', ')
  const text = `The run waits until a person approves ${calls}: in the console of the studio or by POST /approvals/{approvalId}/decision. Then call the tool with { "runId": "${runId}" }.`
  return { content: [{ type: 'text', text }], structuredContent: { runId, status, approvals } }
}
