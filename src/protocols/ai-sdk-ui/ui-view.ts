import { isTerminal } from '../../agents/views/events.ts'
import type { LoggedEvent } from '../shared/run-events.ts'
import { dataOnly, type View } from '../shared/view.ts'
import type { SdkVersion } from './sdk-version.ts'
import { createToolView, type ToolView } from './tool-view.ts'
import type { UiChunk, UiMetadata } from './ui-answers.ts'

/** How chunks become text: server-sent events that `[DONE]` ends. */
export const uiFormat = { ...dataOnly, last: 'data: [DONE]\n\n' }

/** What a view must know before the first event. */
export interface UiViewOptions {
  readonly sdk: SdkVersion
  /** The message that the chunks continue: the id of the run. */
  readonly messageId: string
  readonly metadata: UiMetadata
  /** The number of the last event that the client has; earlier ones are left out. */
  readonly after: number
  /** Is this an event of an attempt that another process took over? */
  isVoid(seq: number): boolean
}

const takenOver =
  'Another process took the answer over. Load the messages again, and resume the stream.'
const cutOff = 'The stream was cut off. Load the messages again, and resume the stream.'

/**
 * Shows a run as UI message stream v1 of AI SDK 5, 6 or 7. A step that another process began again is taken back with
 * `reset-step`, which only AI SDK 7 knows; for the others the stream ends with an `error`, and a resumed stream shows the step
 * without what is void.
 *
 * @see docs/decisions/211-what-each-ai-sdk-reads.md
 */
export function uiView({ sdk, messageId, metadata, after, isVoid }: UiViewOptions): View<UiChunk> {
  const tools = createToolView(sdk)
  const blocks = createBlocks()
  /** The turn of the step that is open; null for none. */
  let step: number | null = null
  let isEmpty = true
  let isOver = false

  const finishStep = (): UiChunk[] => {
    const chunks = blocks.close()
    if (step !== null) chunks.push({ type: 'finish-step' })
    step = null
    return chunks
  }
  const giveUp = (errorText: string): UiChunk[] => {
    isOver = true
    return [...tools.abandon(), ...blocks.close(), { type: 'error', errorText }]
  }
  function startStep({ turn }: Extract<LoggedEvent, { type: 'turn_start' }>): UiChunk[] {
    if (turn === step) {
      if (isEmpty) return []
      if (sdk !== 7) return giveUp(takenOver)
      blocks.forget()
      tools.forget()
      isEmpty = true
      return [{ type: 'reset-step' }]
    }
    const chunks = finishStep()
    step = turn
    isEmpty = true
    return [...chunks, { type: 'start-step' }]
  }
  return {
    begin: () => [{ type: 'start', messageId, messageMetadata: metadata }],
    event(event) {
      if (isOver || event.seq <= after || isVoid(event.seq)) return []
      if (event.type === 'turn_start') return startStep(event)
      const chunks = isEnd(event)
        ? [...finishStep(), ...toEnd(event, sdk)]
        : translate(event, { tools, blocks })
      if (chunks.length > 0) isEmpty = false
      return chunks
    },
    end(reason) {
      if (isOver || reason === 'ended') return []
      if (reason === 'cut') return giveUp(cutOff)
      return [...finishStep(), { type: 'finish', finishReason: 'tool-calls' }]
    },
    isOver: () => isOver,
  }
}

interface Parts {
  readonly tools: ToolView
  readonly blocks: ReturnType<typeof createBlocks>
}

function translate(event: LoggedEvent, { tools, blocks }: Parts): UiChunk[] {
  switch (event.type) {
    case 'text_delta':
      return blocks.delta('text', event.turn, event)
    case 'reasoning_delta':
      return blocks.delta('reasoning', event.turn, event)
    case 'source':
      return [toSource(event)]
    case 'turn_end':
      return blocks.close()
    case 'tool_call_delta':
    case 'tool_call':
    case 'provider_tool_call':
    case 'tool_approval_request':
    case 'tool_approval_result':
    case 'tool_progress':
    case 'tool_result':
      return [...blocks.close(), ...tools.event(event)]
    default:
      return [] // what a run waits for is in its calls, and what a model was asked is not shown
  }
}

type EndEvent = Extract<LoggedEvent, { type: 'final' | 'error' | 'cancelled' }>

function isEnd(event: LoggedEvent): event is EndEvent {
  return isTerminal(event.type)
}

type Kind = 'text' | 'reasoning'

/** The text or reasoning that is open. */
function createBlocks() {
  let open: { kind: Kind; id: string; given: string | undefined } | null = null
  let count = 0
  const close = (): UiChunk[] => {
    const chunks: UiChunk[] = open ? [{ type: `${open.kind}-end`, id: open.id }] : []
    open = null
    return chunks
  }
  return {
    close,
    forget: () => void (open = null),
    /** A model numbers its pieces of reasoning; another number is another piece. */
    delta(kind: Kind, turn: number, { delta, id: given }: { delta: string; id?: string }) {
      const chunks: UiChunk[] = []
      if (open?.kind !== kind || open.given !== given) {
        chunks.push(...close())
        open = { kind, given, id: `${kind}-${turn}-${count++}` }
        chunks.push({ type: `${kind}-start`, id: open.id })
      }
      chunks.push({ type: `${kind}-delta`, id: open.id, delta })
      return chunks
    },
  }
}

function toSource({ seq, source }: Extract<LoggedEvent, { type: 'source' }>): UiChunk {
  const { id: sourceId = `source-${seq}`, title } = source
  if (source.type === 'url') {
    const { url } = source
    return { type: 'source-url', sourceId, url, ...(title === undefined ? {} : { title }) }
  }
  const { mediaType = 'application/octet-stream', filename } = source
  return {
    type: 'source-document',
    sourceId,
    mediaType,
    title: title ?? filename ?? 'Document',
    ...(filename === undefined ? {} : { filename }),
  }
}

const finishReasons = ['stop', 'length', 'content-filter', 'tool-calls', 'error', 'other'] as const

function toEnd(event: EndEvent, sdk: SdkVersion): UiChunk[] {
  const { usage } = event
  if (event.type === 'final') {
    const { finishReason: reason = 'stop' } = event
    const finishReason = finishReasons.find((known) => known === reason) ?? 'other'
    return [{ type: 'finish', finishReason, messageMetadata: { status: 'succeeded', usage } }]
  }
  if (event.type === 'cancelled') {
    const { reason } = event
    return [
      { type: 'message-metadata', messageMetadata: { status: 'cancelled', usage } },
      { type: 'abort', ...(sdk !== 5 && reason !== undefined ? { reason } : {}) },
    ]
  }
  const { code, message } = event.error
  const error = { code, message }
  return [
    { type: 'message-metadata', messageMetadata: { status: 'failed', usage, error } },
    { type: 'error', errorText: message },
  ]
}
