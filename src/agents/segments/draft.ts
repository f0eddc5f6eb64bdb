import { toWellFormedJson } from '../../lib/json.ts'
import { toPublicError } from '../../lib/redact.ts'
import { toWellFormed } from '../../lib/text.ts'
import { type AssistantMessage, type ToolCallPart, toolResultText } from '../../records/message.ts'
import type { ToolCall, Turn } from '../../records/run.ts'
import { addUsage, noUsage, type Usage } from '../../records/usage.ts'
import type { PendingCall, SegmentEvent } from '../hosted-loop.ts'
import { type RunState, turnCalls } from '../loop/run-state.ts'
import { toItems } from '../loop/tool-output.ts'
import { type CallResult, concludeCall, resultEvent } from '../loop/tool-result.ts'
import { toSink } from '../loop/turn.ts'
import type { ModelSink } from '../model/call.ts'

/** What one model call of a segment said, and whether one of its calls has a result: what follows is of the next one. */
export interface SegmentStep {
  readonly messageId: string | undefined
  readonly content: AssistantMessage['content']
  answered: boolean
}

/** What a segment has said and done so far. Its events are shown as they come. */
export interface SegmentDraft {
  readonly state: RunState
  readonly row: Turn
  readonly steps: SegmentStep[]
  /** Our ids of calls, by the ids that the framework gave them. */
  readonly ids: Map<string, string>
  readonly sink: ModelSink
  readonly startedAt: number
  /** True once what the framework still says is dropped. */
  isClosed: boolean
  usage: Usage
  /** The model that answered last; null where the framework does not say. */
  model: string | null
  firstDeltaMs: number | null
}

/** Creates the draft of a segment whose turn has this row. */
export function createSegmentDraft(state: RunState, row: Turn): SegmentDraft {
  const paused = Object.entries(state.lastTurn?.pause?.calls ?? {})
  return {
    state,
    row,
    steps: [],
    ids: new Map(paused.map(([id, { callId }]) => [callId, id])),
    sink: toSink(state, row.turn, []),
    startedAt: state.host.clock.now(),
    isClosed: false,
    usage: noUsage,
    model: null,
    firstDeltaMs: null,
  }
}

/** Adds an event of the framework, and shows it. */
export function takeEvent(draft: SegmentDraft, event: SegmentEvent): void {
  if (draft.isClosed || draft.state.signal.aborted) return
  if (event.type === 'tool_call') claimCall(draft, event)
  else if (event.type === 'tool_result') takeResult(draft, event)
  else if (event.type === 'usage') {
    draft.usage = addUsage(draft.usage, event.usage)
    draft.model = event.model ?? draft.model
  } else appendText(draft, event)
}

/** Returns the step that is going on, or begins the next one. */
function currentStep({ steps }: SegmentDraft, messageId: string | undefined): SegmentStep {
  const last = steps.at(-1)
  const isOther =
    messageId !== undefined && last?.messageId !== undefined && messageId !== last.messageId
  if (last && !last.answered && !isOther) return last
  const step: SegmentStep = { messageId, content: [], answered: false }
  steps.push(step)
  return step
}

function appendText(
  draft: SegmentDraft,
  { type, delta, messageId }: Extract<SegmentEvent, { delta: string }>,
): void {
  if (delta === '') return
  const { content } = currentStep(draft, messageId)
  const last = content.at(-1)
  const text = toWellFormed(delta)
  if (last?.type === type) content[content.length - 1] = { ...last, text: last.text + text }
  else content.push({ type, text })
  draft.firstDeltaMs ??= Math.max(0, draft.state.host.clock.now() - draft.startedAt)
  if (type === 'text') draft.sink.text(delta)
  else draft.sink.reasoning(delta, undefined)
}

/** Ids that a store can index, as for other calls. */
const usableId = /^[\x21-\x7e]{1,64}$/

/** Returns the call with this id of the framework, and announces it if that has not happened yet. */
export function claimCall(
  draft: SegmentDraft,
  { callId, toolName, input }: Pick<PendingCall, 'callId' | 'toolName' | 'input'>,
): ToolCall {
  const { state, ids } = draft
  const known = state.toolCalls.get(ids.get(callId) ?? '')
  if (known) return known
  const isUsable = usableId.test(callId) && !state.toolCalls.has(callId)
  const id = isUsable ? callId : `call_${state.host.ids.hex(16)}`
  const part: ToolCallPart = {
    type: 'tool_call',
    id,
    function: { name: toWellFormed(toolName), arguments: toWellFormedJson(input) },
  }
  const call = toStarted(draft, part)
  ids.set(callId, id)
  state.toolCalls.set(id, call)
  currentStep(draft, undefined).content.push(part)
  const event = { type: 'tool_call', turn: call.turn, toolCall: { ...part, callId: id } } as const
  state.journal.stage({ toolCalls: [call] }, [event])
  return call
}

type ResultEvent = Extract<SegmentEvent, { type: 'tool_result' }>

function takeResult({ state, ids, steps }: SegmentDraft, event: ResultEvent): void {
  const call = state.toolCalls.get(ids.get(event.callId) ?? '')
  if (!call || call.state === 'done') return
  const done = concludeCall(state, call, toResult(event))
  const step = steps.find(({ content }) =>
    content.some((part) => part.type === 'tool_call' && part.id === call.toolCallId),
  )
  if (step) step.answered = true
  state.journal.stage({ toolCalls: [done] }, [resultEvent(done)])
}

function toStarted({ state, row: { turn } }: SegmentDraft, part: ToolCallPart): ToolCall {
  const now = state.storeTime()
  return {
    toolCallId: part.id,
    internalCallId: state.host.ids.uuid(),
    turn,
    index: turnCalls({ toolCalls: state.toolCalls, turn }).length,
    toolName: part.function.name,
    input: part.function.arguments,
    state: 'started',
    approvalId: null,
    plannedAt: now,
    startedAt: now,
    endedAt: null,
    result: null,
    isError: false,
    skipped: false,
  }
}

function toResult({ output, isError }: ResultEvent): CallResult {
  try {
    const items = toItems(output)
    return isError ? { text: toolResultText(items), skipped: false } : { items }
  } catch (error) {
    return { text: toPublicError(error).message, skipped: false }
  }
}
