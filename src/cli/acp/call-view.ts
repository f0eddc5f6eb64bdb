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

interface OpenCall {
  readonly name: string
  isRunning: boolean
}

/** Shows what happens to the calls of tools. */
export interface CallView {
  /** A call that begins: without an input while its text streams. */
  show(id: string, name: string, fields: object): SessionUpdate[]
  has(id: string): boolean
  /** Starts the calls that no person approves. */
  endTurn(): SessionUpdate[]
  decide(approval: ApprovalInfo): SessionUpdate[]
  progress(event: EventOf<'tool_progress'>): SessionUpdate[]
  finish(event: EventOf<'tool_result'>): SessionUpdate[]
  /** A tool that the provider of the model ran by itself. */
  hosted(event: EventOf<'provider_tool_call'>): SessionUpdate[]
  /** Ends the calls without a result. */
  abandon(): SessionUpdate[]
}

const hostedStates = { running: 'in_progress', done: 'completed', error: 'failed' } as const

/** Creates the part of a view that keeps what it knows of each call. */
export function createCallView(freeTools: ReadonlySet<string>): CallView {
  /** The calls without a result. */
  const open = new Map<string, OpenCall>()
  /** Calls that people refused, whose result is for the model alone. */
  const refused = new Set<string>()

  function start(id: string): SessionUpdate[] {
    const call = open.get(id)
    if (!call || call.isRunning) return []
    call.isRunning = true
    return [changeOfCall(id, { status: 'in_progress' })]
  }
  function show(id: string, name: string, fields: object): SessionUpdate[] {
    if (open.has(id)) return [changeOfCall(id, fields)]
    open.set(id, { name, isRunning: false })
    return [toolCallUpdate(id, name, { status: 'pending', ...fields })]
  }
  return {
    show,
    has: (id) => open.has(id),
    endTurn: () => [...open].flatMap(([id, { name }]) => (freeTools.has(name) ? start(id) : [])),
    decide({ toolCallId, status, input, reason }) {
      if (status === 'approved') {
        return [changeOfCall(toolCallId, { rawInput: input }), ...start(toolCallId)]
      }
      refused.add(toolCallId)
      return [
        changeOfCall(toolCallId, { status: 'failed', content: textContent(reason ?? status) }),
      ]
    },
    progress: ({ toolCallId, progress }) => [
      ...start(toolCallId),
      changeOfCall(toolCallId, { rawOutput: progress }),
    ],
    finish({ toolCallId, result, structuredResult, isError }) {
      const started = refused.has(toolCallId) ? [] : start(toolCallId)
      open.delete(toolCallId)
      if (refused.delete(toolCallId)) return []
      const shown = shownResult(result, toItems(structuredResult))
      const status = isError ? 'failed' : 'completed'
      return [...started, changeOfCall(toolCallId, { status, ...shown })]
    },
    hosted({ toolCall: { id, name, status } }) {
      const updates = show(id, name, { status: hostedStates[status] })
      if (status !== 'running') open.delete(id)
      return updates
    },
    abandon() {
      const updates = [...open.keys()].map((id) => changeOfCall(id, { status: 'failed' }))
      open.clear()
      return updates
    },
  }
}

/** The items of a result with images. */
function toItems(structured: unknown): readonly ResultItem[] {
  return Array.isArray(structured) ? (structured as readonly ResultItem[]) : []
}
