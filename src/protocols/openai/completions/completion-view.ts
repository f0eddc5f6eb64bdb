import { addUsage, noUsage, type Usage } from '../../../records/usage.ts'
import type { EventsEnd, LoggedEvent } from '../../shared/run-events.ts'
import type { View } from '../../shared/view.ts'
import type { ApiError } from '../api-errors.ts'
import {
  type CompletionFacts,
  type CompletionFinish,
  toCompletionFinish,
  toCompletionUsage,
  waitingText,
} from './completion-object.ts'

/** A chunk of a completion, or the error that ends it. */
export type CompletionChunk = Readonly<Record<string, unknown>>

interface ChunkState {
  readonly facts: CompletionFacts
  readonly runId: string
  readonly includeUsage: boolean
  /** The tools that wait, by approval. */
  readonly waiting: Map<string, string>
  usage: Usage
  /** Was anything of the current turn shown? */
  hasShown: boolean
  /** Was any text shown, and then in an earlier turn only? */
  text: 'none' | 'earlier' | 'now'
  isOver: boolean
}

/**
 * Translates the events of a run to the chunks of Chat Completions. They cannot be taken back, so a turn that another process
 * repeats ends the stream with an error, if something of it was shown.
 */
export function createCompletionView(
  facts: CompletionFacts,
  { runId, includeUsage }: { readonly runId: string; readonly includeUsage: boolean },
): View<CompletionChunk> {
  const state: ChunkState = {
    facts,
    runId,
    includeUsage,
    waiting: new Map(),
    usage: noUsage,
    hasShown: false,
    text: 'none',
    isOver: false,
  }
  return {
    begin: () => [toChunk(state, { role: 'assistant', content: '' })],
    event: (event) => (state.isOver ? [] : showEvent(state, event)),
    end(reason: EventsEnd) {
      if (state.isOver) return []
      if (reason === 'waiting') return stopWaiting(state)
      return fail(state, 'interrupted', 'The connection to the run was lost; the run goes on.')
    },
    isOver: () => state.isOver,
  }
}

function showEvent(state: ChunkState, event: LoggedEvent): CompletionChunk[] {
  switch (event.type) {
    case 'turn_start': {
      const isRepeated = event.attempt !== undefined && state.hasShown
      if (isRepeated) return fail(state, 'interrupted', repeated)
      state.hasShown = false
      if (state.text === 'now') state.text = 'earlier'
      return []
    }
    case 'reasoning_delta':
      state.hasShown = true
      return [toChunk(state, { reasoning_content: event.delta })]
    case 'text_delta': {
      const content = state.text === 'earlier' ? `\n\n${event.delta}` : event.delta
      state.hasShown = true
      state.text = 'now'
      return [toChunk(state, { content })]
    }
    case 'turn_end':
      state.hasShown = false
      state.usage = addUsage(state.usage, event.usage)
      return []
    case 'tool_approval_request':
      state.waiting.set(event.approval.id, event.approval.toolName)
      return []
    case 'tool_approval_result':
      state.waiting.delete(event.approval.id)
      return []
    case 'run_waiting':
      return stopWaiting(state)
    case 'final':
      state.usage = event.usage
      return stop(state, toCompletionFinish(event.finishReason))
    case 'error':
      return fail(state, event.error.code, event.error.message)
    case 'cancelled':
      return fail(state, 'cancelled', 'The run was cancelled.')
    default:
      return []
  }
}

const repeated =
  'A process was lost, and another one repeats the turn. What this stream has shown of it is void; the run goes on.'

function stopWaiting(state: ChunkState): CompletionChunk[] {
  const text = waitingText(state.runId, state.waiting)
  const content = state.text === 'none' ? text : `\n\n${text}`
  return [toChunk(state, { content }), ...stop(state, 'stop')]
}

function stop(state: ChunkState, finish: CompletionFinish): CompletionChunk[] {
  state.isOver = true
  const last = toChunk(state, {}, finish)
  if (!state.includeUsage) return [last]
  return [last, { ...toChunk(state, {}), choices: [], usage: toCompletionUsage(state.usage) }]
}

function fail(state: ChunkState, code: string, message: string): CompletionChunk[] {
  state.isOver = true
  const error: ApiError = { message, type: 'server_error', param: null, code }
  return [{ error }]
}

function toChunk(
  { facts: { id, created, model }, includeUsage }: ChunkState,
  delta: Readonly<Record<string, string>>,
  finish_reason: CompletionFinish | null = null,
): CompletionChunk {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason }]
  const object = 'chat.completion.chunk'
  const chunk = { id, object, created, model, choices }
  return includeUsage ? { ...chunk, usage: null } : chunk
}
