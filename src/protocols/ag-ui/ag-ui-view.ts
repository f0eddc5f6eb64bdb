import type { WireApproval } from '../../agents/answers/approval-answers.ts'
import type { RunEvent } from '../../agents/views/events.ts'
import type { Usage } from '../../records/usage.ts'
import type { View } from '../shared/view.ts'
import { showContent } from './content.ts'
import type { AgUiFrame, AgUiShown } from './frames.ts'
import { createShown, closeRun, type Shown } from './shown.ts'

/** What a view knows before the first event. */
export interface AgUiViewOptions extends Pick<Shown, 'ownRunId' | 'streamId'> {
  readonly threadId: string
  /** The id that the client gave to its run; one of our runs may be shown in several of those. */
  readonly runId: string
  /** True for a client before 1.0, which refuses a stream with outcomes that 1.0 added. */
  readonly isOld: boolean
  /** The messages that the client has. */
  readonly messages: readonly AgUiShown[]
  /** What comes after `RUN_STARTED`. */
  readonly opening?: readonly AgUiFrame[]
  /** The approvals that are pending when the stream begins. */
  readonly pending: readonly WireApproval[]
}

/** Shows the events of a run as those of AG-UI. */
export function agUiView(options: AgUiViewOptions): View<AgUiFrame> {
  const { threadId, runId, opening = [], messages, isOld } = options
  const run = { threadId, runId }
  const shown = createShown(options, messages)
  const pending = new Map(options.pending.map((approval) => [approval.id, approval]))
  const toolsOfClient = new Set<string>()
  const isAnswered = (toolCallId: string) =>
    toolsOfClient.has(toolCallId) &&
    shown.before.some((message) => message['toolCallId'] === toolCallId)
  const onDecision = (approval: WireApproval): AgUiFrame[] => {
    const { id, toolCallId, status, input, clientTool } = approval
    pending.delete(id)
    if (clientTool) toolsOfClient.add(toolCallId)
    return [toCustom('tool_approval_result', { id, toolCallId, status, input })]
  }
  return {
    begin: () => [{ type: 'RUN_STARTED', ...run }, ...opening],
    event(event) {
      const content = showContent(shown, event, isAnswered)
      if (content) return content
      if (event.type === 'tool_approval_request') pending.set(event.approval.id, event.approval)
      if (event.type === 'tool_approval_result') return onDecision(event.approval)
      if (event.type === 'cancelled' && isOld) {
        const message = event.reason ?? 'The run was cancelled'
        return [{ type: 'RUN_ERROR', message, code: 'cancelled', usage: toAgUiUsage(event.usage) }]
      }
      return showOther(event) ?? showEnd(shown, run, event)
    },
    end(reason) {
      if (reason === 'ended') return []
      if (reason === 'cut') return [cutOff]
      const outcome = toOutcome([...pending.values()], isOld)
      return [...closeRun(shown), { type: 'RUN_FINISHED', ...run, outcome }]
    },
  }
}

function toCustom(name: string, value: Extract<AgUiFrame, { type: 'CUSTOM' }>['value']): AgUiFrame {
  return { type: 'CUSTOM', name, value }
}

/** Shows what AG-UI has no word for; null for any other event. */
function showOther(event: RunEvent): AgUiFrame[] | null {
  switch (event.type) {
    case 'source':
      return [toCustom(event.type, event.source)]
    case 'provider_tool_call':
      return [toCustom(event.type, event.toolCall)]
    case 'tool_progress': {
      const { toolCallId, toolName, progress } = event
      return [toCustom(event.type, { toolCallId, toolName, progress })]
    }
    default:
      return null
  }
}

function showEnd(
  shown: Shown,
  run: { readonly threadId: string; readonly runId: string },
  event: RunEvent,
): AgUiFrame[] {
  switch (event.type) {
    case 'final': {
      const outcome = { type: 'success' } as const
      const usage = toAgUiUsage(event.usage)
      const { output: result } = event
      return [...closeRun(shown), { type: 'RUN_FINISHED', ...run, result, outcome, usage }]
    }
    case 'cancelled': {
      const outcome = { type: 'cancelled' } as const
      const usage = toAgUiUsage(event.usage)
      return [...closeRun(shown), { type: 'RUN_FINISHED', ...run, outcome, usage }]
    }
    case 'error': {
      const { message, code } = event.error
      return [{ type: 'RUN_ERROR', message, code, usage: toAgUiUsage(event.usage) }]
    }
    default:
      return []
  }
}

const cutOff: AgUiFrame = {
  type: 'RUN_ERROR',
  code: 'unavailable',
  message: 'The stream was cut off while the run goes on: send the same request again',
}

/** What a client may answer to an interrupt. */
const responseSchema = {
  type: 'object',
  properties: {
    approved: { type: 'boolean' },
    input: { description: "Arguments that replace the model's." },
    reason: { type: 'string' },
  },
  required: ['approved'],
}

/** People answer interrupts; the client answers calls of its own tools, which is no interrupt to AG-UI. */
function toOutcome(pending: readonly WireApproval[], isOld: boolean) {
  const forPeople = pending.filter(({ clientTool }) => !clientTool)
  const pendingToolCallIds = pending.flatMap(({ clientTool, toolCallId }) =>
    clientTool ? [toolCallId] : [],
  )
  if (forPeople.length === 0) {
    return {
      type: 'success',
      ...(pendingToolCallIds.length > 0 && !isOld ? { pendingToolCallIds } : {}),
    } as const
  }
  const interrupts = forPeople.map((approval) => {
    const { id, toolCallId, toolName, input, requestReason, expiresAt } = approval
    return {
      id,
      reason: 'tool_call' as const,
      toolCallId,
      responseSchema,
      ...(requestReason === undefined ? {} : { message: requestReason }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      metadata: { toolName, input },
    }
  })
  return { type: 'interrupt', interrupts } as const
}

function toAgUiUsage(usage: Usage) {
  const { inputTokens, outputTokens, totalTokens, cachedInputTokens } = usage
  const { cacheCreationInputTokens: cacheWriteInputTokens } = usage
  return [{ inputTokens, outputTokens, totalTokens, cachedInputTokens, cacheWriteInputTokens }]
}
