import type { FrameNumbers } from './frame-numbers.ts'
import { toItemId } from './response-id.ts'
import {
  type ApprovalItem,
  type CallItem,
  type ResponseDraft,
  type MessageItem,
  type OutputItem,
  outputText,
  type ReasoningItem,
} from './response-object.ts'

type Kind = 'message' | 'reasoning'

/** The text or reasoning that the model is writing. */
interface OpenItem {
  readonly kind: Kind
  readonly id: string
  readonly index: number
  text: string
}

/** Writes the items of a response: each change is a frame, and changes the draft. */
export interface OutputWriter {
  delta(kind: Kind, text: string): void
  /** Ends the text or reasoning that the model is writing, if any. @param status `incomplete` where it was stopped */
  close(status?: 'completed' | 'incomplete'): void
  /** Begins a turn. What was written since the last one is void if another process took the turn over. */
  startTurn(isTakenOver: boolean): void
  call(item: Omit<CallItem, 'id' | 'type'>): void
  approval(item: ApprovalItem): void
}

export function createOutputWriter(
  frames: FrameNumbers,
  draft: ResponseDraft,
  runId: string,
): OutputWriter {
  const { output } = draft
  let open: OpenItem | null = null
  let turnStart = 0

  const finish = (item: OutputItem, index: number) => {
    output[index] = item
    frames.push('response.output_item.done', { output_index: index, item })
  }
  const close = (status: 'completed' | 'incomplete' = 'completed') => {
    if (!open) return
    const { id, index, kind, text } = open
    open = null
    pushEnd(frames, { id, index, kind, text })
    finish(toItem({ id, kind, status, text }), index)
  }
  const add = (item: OutputItem, begin: (index: number) => void) => {
    const index = output.push(item) - 1
    begin(index)
    finish(item, index)
  }
  const start = (kind: Kind): OpenItem => {
    close()
    const id = toItemId(kind === 'message' ? 'msg' : 'rs', runId, frames.peek())
    const started = { kind, id, index: output.length, text: '' }
    pushStart(frames, output, started)
    return (open = started)
  }
  return {
    close,
    delta(kind, text) {
      const item = open?.kind === kind ? open : start(kind)
      item.text += text
      pushDelta(frames, item, text)
    },
    startTurn(isTakenOver) {
      const last = open
      if (isTakenOver) {
        open = null
        voidItems(output, turnStart)
        if (last) finish(output[last.index] as OutputItem, last.index) // it was pushed when it began
      }
      turnStart = output.length
    },
    call(call) {
      close()
      const id = toItemId('mcp', runId, frames.peek())
      const item: CallItem = { id, type: 'mcp_call', ...call }
      add(item, (index) => pushCall(frames, item, index))
    },
    approval(item) {
      close()
      add(item, (output_index) => frames.push('response.output_item.added', { output_index, item }))
    },
  }
}

/** Empties what a lost process wrote of a turn, which no client can be asked to forget. */
function voidItems(output: OutputItem[], turnStart: number): void {
  output.forEach((item, index) => {
    if (index < turnStart || (item.type !== 'message' && item.type !== 'reasoning')) return
    output[index] = toItem({ id: item.id, kind: item.type, status: 'incomplete', text: null })
  })
}

/** Makes an item from its text; null for an item without any. */
function toItem(item: {
  readonly id: string
  readonly kind: Kind
  readonly status: 'in_progress' | 'completed' | 'incomplete'
  readonly text: string | null
}): MessageItem | ReasoningItem {
  const { id, kind, status, text } = item
  return kind === 'message'
    ? {
        id,
        type: 'message',
        role: 'assistant',
        status,
        content: text === null ? [] : [outputText(text)],
      }
    : {
        id,
        type: 'reasoning',
        status,
        summary: text === null ? [] : [{ type: 'summary_text', text }],
      }
}

function pushStart(
  frames: FrameNumbers,
  output: OutputItem[],
  { id, kind, index }: OpenItem,
): void {
  const item = toItem({ id, kind, status: 'in_progress', text: null })
  output.push(item)
  const [item_id, output_index] = [id, index]
  frames.push('response.output_item.added', { output_index, item })
  if (kind === 'message') {
    const part = outputText('')
    frames.push('response.content_part.added', { item_id, output_index, content_index: 0, part })
    return
  }
  const part = { type: 'summary_text', text: '' }
  frames.push('response.reasoning_summary_part.added', {
    item_id,
    output_index,
    summary_index: 0,
    part,
  })
}

const noLogprobs: readonly never[] = []

function pushDelta(frames: FrameNumbers, { kind, id, index }: OpenItem, delta: string): void {
  const sequence_number = frames.peek()
  if (kind === 'message') {
    frames.add({
      type: 'response.output_text.delta',
      sequence_number,
      item_id: id,
      output_index: index,
      content_index: 0,
      delta,
      logprobs: noLogprobs,
    })
  } else {
    const place = { item_id: id, output_index: index, summary_index: 0 }
    frames.push('response.reasoning_summary_text.delta', { ...place, delta })
  }
}

function pushEnd(frames: FrameNumbers, { kind, id, index, text }: OpenItem): void {
  if (kind === 'message') {
    const place = { item_id: id, output_index: index, content_index: 0 }
    frames.push('response.output_text.done', { ...place, text, logprobs: [] })
    frames.push('response.content_part.done', { ...place, part: outputText(text) })
    return
  }
  const place = { item_id: id, output_index: index, summary_index: 0 }
  const part = { type: 'summary_text', text }
  frames.push('response.reasoning_summary_text.done', { ...place, text })
  frames.push('response.reasoning_summary_part.done', { ...place, part })
}

function pushCall(frames: FrameNumbers, item: CallItem, output_index: number): void {
  const { id: item_id, arguments: text, error } = item
  const place = { item_id, output_index }
  const begun = { ...item, status: 'in_progress', arguments: '', output: null, error: null }
  frames.push('response.output_item.added', { output_index, item: begun })
  frames.push('response.mcp_call.in_progress', place)
  frames.push('response.mcp_call_arguments.delta', { ...place, delta: text })
  frames.push('response.mcp_call_arguments.done', { ...place, arguments: text })
  frames.push(error === null ? 'response.mcp_call.completed' : 'response.mcp_call.failed', place)
}
