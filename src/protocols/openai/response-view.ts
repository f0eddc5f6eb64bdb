import type { EventsEnd, LoggedEvent } from '../shared/run-events.ts'
import type { FrameFormat, View } from '../shared/view.ts'
import { createFrameNumbers, type FrameNumbers, type ResponseFrame } from './frame-numbers.ts'
import { createOutputWriter, type OutputWriter } from './output-writer.ts'
import {
  addTurnUsage,
  createDraft,
  type ResponseDraft,
  isOver,
  type ResponseStatus,
  serverLabel,
  toWireResponse,
  type WireResponse,
} from './response-object.ts'
import { isKnown, type ResponsePart } from './response-part.ts'

/** Events with their names, as OpenAI sends them. */
export const responseFormat: FrameFormat<ResponseFrame> = {
  contentType: 'text/event-stream; charset=utf-8',
  encode: (frame) => `event: ${frame.type}\ndata: ${toJsonText(frame)}\n\n`,
  heartbeat: ': ping\n\n',
}

/** Encodes text deltas by hand, because most events of a stream are deltas and encoding is most of their cost. */
function toJsonText(frame: ResponseFrame): string {
  if (frame.type !== 'response.output_text.delta') return JSON.stringify(frame)
  const { sequence_number, item_id, output_index, delta } = frame
  return (
    `{"type":"response.output_text.delta","sequence_number":${sequence_number},"item_id":${JSON.stringify(item_id)},` +
    `"output_index":${String(output_index)},"content_index":0,"delta":${JSON.stringify(delta)},"logprobs":[]}`
  )
}

/** Shows one part of a run as a response. */
export interface ResponseView extends View<ResponseFrame> {
  isOver(): boolean
  /** Returns the response as the events so far have made it. */
  read(status?: ResponseStatus): WireResponse
}

interface ViewState {
  readonly part: ResponsePart
  readonly draft: ResponseDraft
  readonly frames: FrameNumbers
  readonly writer: OutputWriter
  /** The arguments of calls that were decided, by call, and the approval that they needed. */
  readonly approved: Map<string, { readonly approvalId: string; readonly input: string }>
}

/**
 * Translates the events of one part of a run. The same events make the same frames in every process.
 *
 * @param startingAfter The number of the last frame that the client has.
 */
export function createResponseView(part: ResponsePart, startingAfter = -1): ResponseView {
  const draft = createDraft()
  const frames = createFrameNumbers(part.after, startingAfter)
  const writer = createOutputWriter(frames, draft, part.run.id)
  const state: ViewState = { part, draft, frames, writer, approved: new Map() }
  const over = () => isOver(draft.status)
  return {
    begin() {
      frames.push('response.created', { response: toWireResponse(part, draft) })
      frames.push('response.in_progress', { response: toWireResponse(part, draft) })
      return frames.take()
    },
    event(event) {
      if (event.seq <= part.after || over()) return []
      frames.begin(event)
      showEvent(state, event)
      return frames.take()
    },
    end(reason: EventsEnd) {
      if (reason === 'waiting' && !over()) conclude(state, 'completed')
      return frames.take()
    },
    isOver: over,
    read: (status) => toWireResponse(part, status && !over() ? { ...draft, status } : draft),
  }
}

function showEvent(state: ViewState, event: LoggedEvent): void {
  const { writer, draft, approved, part } = state
  switch (event.type) {
    case 'turn_start':
      return writer.startTurn(event.attempt !== undefined)
    case 'text_delta':
      return writer.delta('message', event.delta)
    case 'reasoning_delta':
      return writer.delta('reasoning', event.delta)
    case 'turn_end':
      draft.finishReason = event.finishReason
      addTurnUsage(draft, event.usage)
      return writer.close()
    case 'tool_approval_request': {
      const { id, toolName: name, args } = event.approval
      const type = 'mcp_approval_request'
      return writer.approval({ id, type, server_label: serverLabel, name, arguments: args })
    }
    case 'tool_approval_result': {
      const { id: approvalId, toolCallId, input } = event.approval
      return void approved.set(toolCallId, { approvalId, input: JSON.stringify(input) })
    }
    case 'tool_result':
      return showResult(state, event)
    case 'run_waiting':
      // decided with the part before, but not yet at the moment of the event
      if (!isKnown(event.approvalIds, part.decided)) conclude(state, 'completed')
      return
    case 'final':
      return showFinal(state, event)
    case 'error': {
      const code = event.error.status === 429 ? 'rate_limit_exceeded' : 'server_error'
      draft.error = { code, message: event.error.message }
      if (part.after < 0) draft.usage = event.usage // with the turn that failed
      return conclude(state, 'failed')
    }
    case 'cancelled':
      if (part.after < 0) draft.usage = event.usage
      return conclude(state, 'cancelled')
  }
}

function showResult(
  { writer, approved }: ViewState,
  event: Extract<LoggedEvent, { type: 'tool_result' }>,
): void {
  const { toolCallId, toolName, args, result, isError = false } = event
  const approval = approved.get(toolCallId)
  writer.call({
    server_label: serverLabel,
    name: toolName,
    arguments: args ?? approval?.input ?? '{}', // logs of earlier versions have no `args`
    status: isError ? 'failed' : 'completed',
    output: isError ? null : result,
    error: isError ? result : null,
    approval_request_id: approval?.approvalId ?? null,
  })
}

function showFinal(state: ViewState, event: Extract<LoggedEvent, { type: 'final' }>): void {
  const reason = event.finishReason ?? state.draft.finishReason
  state.draft.finishReason = reason
  const isCut = reason === 'length' || reason === 'content-filter'
  conclude(state, isCut ? 'incomplete' : 'completed')
}

/** OpenAI has no event for a response that was cancelled, so it is one that is incomplete, with its own status. */
function conclude({ writer, draft, frames, part }: ViewState, status: ResponseStatus): void {
  writer.close(status === 'completed' ? 'completed' : 'incomplete')
  draft.status = status
  const type = status === 'cancelled' ? 'incomplete' : status
  frames.push(`response.${type}`, { response: toWireResponse(part, draft) })
}
