import type { ApprovalInfo, StreamedEvent } from '../../client.ts'
import {
  changeOfCall,
  type ResultItem,
  type SessionUpdate,
  shownResult,
  textContent,
  toolCallUpdate,
} from './session-updates.ts'

type EventOf<Type extends StreamedEvent['type']> = Extract<StreamedEvent, { type: Type }>

/** Translates the events of one run into updates. It keeps what it needs of the events before. */
export interface RunView {
  event(event: StreamedEvent): SessionUpdate[]
}

/** What a view knows besides the events. */
export interface RunViewOptions {
  readonly runId: string
  /** The tools that no person approves: their calls run as soon as the turn of the model has ended. */
  readonly freeTools: ReadonlySet<string>
  /** True where the client shows notices. */
  readonly hasNotices: boolean
}

const takenOver = 'Another process went on with this answer: its last text begins again'

/** Creates the view of one run. */
export function createRunView({ runId, freeTools, hasNotices }: RunViewOptions): RunView {
  let turnId = ''
  const calls = createCallView(freeTools)
  const chunk = (kind: 'message' | 'thought', text: string): SessionUpdate => ({
    sessionUpdate: `agent_${kind}_chunk`,
    content: { type: 'text', text },
    messageId: `${turnId}-${kind}`,
  })
  /** What another process had shown of the turn is void. There is no update that takes it back, so another message begins. */
  function startTurn({ turn, attempt = 0 }: EventOf<'turn_start'>): SessionUpdate[] {
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
      return calls.event(event)
    },
  }
}

/** Shows what happens to the calls of tools. */
function createCallView(freeTools: ReadonlySet<string>) {
  /** The calls without a result, with the names of their tools. */
  const open = new Map<string, string>()
  /** Calls that people refused, whose result is for the model alone. */
  const refused = new Set<string>()

  function show(id: string, name: string, fields: object): SessionUpdate {
    if (open.has(id)) return changeOfCall(id, fields)
    open.set(id, name)
    return toolCallUpdate(id, name, { status: 'pending', ...fields })
  }
  function start(): SessionUpdate[] {
    return [...open]
      .filter(([, name]) => freeTools.has(name))
      .map(([id]) => changeOfCall(id, { status: 'in_progress' }))
  }
  function finish(event: EventOf<'tool_result'>): SessionUpdate[] {
    const { toolCallId, toolName, result, structuredResult, isError } = event
    const name = open.get(toolCallId) ?? toolName
    open.delete(toolCallId)
    if (refused.delete(toolCallId)) return []
    const shown = shownResult(result, toItems(structuredResult))
    const status = isError ? 'failed' : 'completed'
    const last = changeOfCall(toolCallId, { status, ...shown })
    if (freeTools.has(name)) return [last]
    return [changeOfCall(toolCallId, { status: 'in_progress' }), last]
  }
  function hosted({ toolCall: { id, name, status } }: EventOf<'provider_tool_call'>) {
    const states = { running: 'in_progress', done: 'completed', error: 'failed' } as const
    const update = show(id, name, { status: states[status] })
    if (status !== 'running') open.delete(id)
    return [update]
  }
  function decide(approval: ApprovalInfo): SessionUpdate[] {
    const { toolCallId, status, input, reason } = approval
    if (status === 'approved') {
      return [changeOfCall(toolCallId, { status: 'in_progress', rawInput: input })]
    }
    refused.add(toolCallId)
    return [changeOfCall(toolCallId, { status: 'failed', content: textContent(reason ?? status) })]
  }
  function abandon(): SessionUpdate[] {
    const updates = [...open.keys()].map((id) => changeOfCall(id, { status: 'failed' }))
    open.clear()
    return updates
  }
  return {
    abandon,
    event(event: StreamedEvent): SessionUpdate[] {
      switch (event.type) {
        case 'tool_call_delta':
          return open.has(event.toolCallId) ? [] : [show(event.toolCallId, event.toolName, {})]
        case 'tool_call': {
          const { name, arguments: rawInput } = event.toolCall.function
          return [show(event.toolCall.id, name, { rawInput })]
        }
        case 'turn_end':
          return start()
        case 'provider_tool_call':
          return hosted(event)
        case 'tool_approval_result':
          return decide(event.approval)
        case 'tool_progress': {
          const { toolCallId, progress } = event
          return [changeOfCall(toolCallId, { status: 'in_progress', rawOutput: progress })]
        }
        case 'tool_result':
          return finish(event)
        case 'error':
        case 'cancelled':
          return abandon()
        default:
          return []
      }
    },
  }
}

/** The items of a result with images. */
function toItems(structured: unknown): readonly ResultItem[] {
  return Array.isArray(structured) ? (structured as readonly ResultItem[]) : []
}
