import type { StreamedEvent } from '../../client.ts'
import { type CallView, createCallView } from './call-view.ts'
import type { SessionUpdate } from './session-updates.ts'

type TurnStart = Extract<StreamedEvent, { type: 'turn_start' }>

/** Translates the events of one run into updates. It keeps what it needs of the events before. */
export interface RunUpdates {
  event(event: StreamedEvent): SessionUpdate[]
}

/** What a view knows besides the events. */
export interface RunUpdatesOptions {
  readonly runId: string
  /** The tools that no person approves: their calls run as soon as the turn of the model has ended. */
  readonly freeTools: ReadonlySet<string>
  /** True where the client shows notices. */
  readonly hasNotices: boolean
}

const takenOver = 'Another process went on with this answer: its last text begins again'

/** Creates the view of one run. */
export function createRunUpdates({ runId, freeTools, hasNotices }: RunUpdatesOptions): RunUpdates {
  let turnId = ''
  const calls = createCallView(freeTools)
  const chunk = (kind: 'message' | 'thought', text: string): SessionUpdate => ({
    sessionUpdate: `agent_${kind}_chunk`,
    content: { type: 'text', text },
    messageId: `${turnId}-${kind}`,
  })
  /** What another process had shown of the turn is void. There is no update that takes it back, so another message begins. */
  function startTurn({ turn, attempt = 0 }: TurnStart): SessionUpdate[] {
    turnId = `${runId}-${turn}-${attempt}`
    if (attempt === 0) return []
    const notice = { sessionUpdate: 'notice', severity: 'warning', title: takenOver } as const
    return [...calls.abandon(), ...(hasNotices ? [notice] : [])]
  }
  return {
    event(event) {
      if (event.type === 'turn_start') return startTurn(event)
      if (event.type === 'text_delta') return [chunk('message', event.delta)]
      if (event.type === 'reasoning_delta') return [chunk('thought', event.delta)]
      return toCallUpdates(calls, event)
    },
  }
}

function toCallUpdates(calls: CallView, event: StreamedEvent): SessionUpdate[] {
  switch (event.type) {
    case 'tool_call_delta':
      return calls.has(event.toolCallId) ? [] : calls.show(event.toolCallId, event.toolName, {})
    case 'tool_call': {
      const { name, arguments: rawInput } = event.toolCall.function
      return calls.show(event.toolCall.id, name, { rawInput })
    }
    case 'turn_end':
      return calls.endTurn()
    case 'provider_tool_call':
      return calls.hosted(event)
    case 'tool_approval_result':
      return calls.decide(event.approval)
    case 'tool_progress':
      return calls.progress(event)
    case 'tool_result':
      return calls.finish(event)
    case 'error':
    case 'cancelled':
      return calls.abandon()
    default:
      return []
  }
}
