import type { ApprovalInfo, StreamedEvent } from '../../../client.ts'

/** A tool call with everything that is known of it. */
export interface ToolItem {
  readonly kind: 'tool'
  readonly key: string
  readonly turn: number
  readonly callId: string
  readonly name: string
  /** The arguments as JSON text, perhaps not complete yet. */
  readonly args: string
  readonly progress: readonly unknown[]
  readonly result: string | null
  readonly isError: boolean
  readonly approval: ApprovalInfo | null
}

/** One step of a transcript. */
export type Item =
  | {
      readonly kind: 'text' | 'reasoning'
      readonly key: string
      readonly turn: number
      readonly text: string
    }
  | ToolItem
  | {
      readonly kind: 'attempt'
      readonly key: string
      readonly turn: number
      readonly attempt: number
    }
  | {
      readonly kind: 'hosted'
      readonly key: string
      readonly turn: number
      readonly name: string
      readonly status: string
    }
  | {
      readonly kind: 'source'
      readonly key: string
      readonly turn: number
      readonly title: string
      readonly url: string | null
    }
  | { readonly kind: 'waiting' | 'resumed'; readonly key: string; readonly turn: number }

/** The last event of a run. */
export type EndEvent = Extract<StreamedEvent, { type: 'final' | 'error' | 'cancelled' }>

/** Everything that the events of a run say so far. */
export interface Transcript {
  readonly events: readonly StreamedEvent[]
  readonly items: readonly Item[]
  /** The attempts of turns that were made again, by turn. */
  readonly attempts: ReadonlyMap<number, number>
  readonly end: EndEvent | null
}

/**
 * Makes a transcript of events. An event whose number was there before replaces that event and every later one: an instance was
 * lost, and what it had shown and not stored is void.
 */
export function createTranscript() {
  let events: StreamedEvent[] = []
  let state = emptyState()
  return {
    add(event: StreamedEvent): void {
      const last = events.at(-1)
      if (last && event.seq <= last.seq) {
        events = events.filter(({ seq }) => seq < event.seq)
        state = emptyState()
        for (const kept of events) apply(state, kept)
      }
      events.push(event)
      apply(state, event)
    },
    /** A copy that does not change with the next event. */
    read: (): Transcript => ({
      events: events.slice(),
      items: state.items.slice(),
      attempts: new Map(state.attempts),
      end: state.end,
    }),
  }
}

interface State {
  readonly items: Item[]
  /** Where the item of a tool call stands. */
  readonly places: Map<string, number>
  readonly attempts: Map<number, number>
  turn: number
  end: EndEvent | null
}

const emptyState = (): State => ({
  items: [],
  places: new Map(),
  attempts: new Map(),
  turn: 0,
  end: null,
})

function apply(state: State, event: StreamedEvent): void {
  if ('turn' in event && typeof event.turn === 'number') state.turn = event.turn
  switch (event.type) {
    case 'turn_start':
      if (event.attempt !== undefined) startAgain(state, event.attempt)
      return
    case 'text_delta':
    case 'reasoning_delta':
      return append(state, event.type === 'text_delta' ? 'text' : 'reasoning', event)
    case 'source':
      return addSource(state, event)
    case 'provider_tool_call':
      return addHosted(state, event)
    case 'run_waiting':
    case 'run_resumed':
      state.items.push({
        kind: event.type === 'run_waiting' ? 'waiting' : 'resumed',
        key: `wait ${event.seq}`,
        turn: state.turn,
      })
      return
    case 'final':
    case 'error':
    case 'cancelled':
      state.end = event
      return
    default:
      return applyToCall(state, event)
  }
}

/** Removes what the earlier attempt of this turn showed. */
function startAgain(state: State, attempt: number): void {
  const { turn } = state
  const kept = state.items.filter((item) => item.turn !== turn || item.kind === 'attempt')
  state.items.splice(0, state.items.length, ...kept)
  state.places.clear()
  for (const [index, item] of kept.entries())
    if (item.kind === 'tool') state.places.set(item.callId, index)
  state.attempts.set(turn, attempt)
  state.items.push({ kind: 'attempt', key: `attempt ${turn} ${attempt}`, turn, attempt })
}

function append(
  { items, turn }: State,
  kind: 'text' | 'reasoning',
  { delta, seq }: { readonly delta: string; readonly seq: number },
): void {
  const last = items.at(-1)
  if (last?.kind === kind && last.turn === turn) {
    items[items.length - 1] = { ...last, text: last.text + delta }
  } else items.push({ kind, key: `${kind} ${seq}`, turn, text: delta })
}

function addSource(
  { items, turn }: State,
  { source, seq }: Extract<StreamedEvent, { type: 'source' }>,
): void {
  const url = source.type === 'url' ? source.url : null
  const name = source.type === 'url' ? source.url : (source.filename ?? source.id ?? '')
  items.push({ kind: 'source', key: `source ${seq}`, turn, title: source.title ?? name, url })
}

function addHosted(
  { items, turn }: State,
  { toolCall }: Extract<StreamedEvent, { type: 'provider_tool_call' }>,
): void {
  const { id, name, status } = toolCall
  const index = items.findLastIndex((item) => item.key === `hosted ${id}`)
  const item = { kind: 'hosted', key: `hosted ${id}`, turn, name, status } as const
  if (index < 0) items.push(item)
  else items[index] = item
}

function applyToCall(state: State, event: StreamedEvent): void {
  switch (event.type) {
    case 'tool_call_delta':
      return change(state, event.toolCallId, event.toolName, ({ args }) => ({
        args: args + event.delta,
      }))
    case 'tool_call': {
      const { id, function: called } = event.toolCall
      return change(state, id, called.name, () => ({ args: JSON.stringify(called.arguments) }))
    }
    case 'tool_progress':
      return change(state, event.toolCallId, event.toolName, ({ progress }) => ({
        progress: [...progress, event.progress].slice(-50),
      }))
    case 'tool_approval_request':
    case 'tool_approval_result': {
      const { approval } = event
      return change(state, approval.toolCallId, approval.toolName, () => ({ approval }))
    }
    case 'tool_result': {
      const { result, args, isError = false } = event
      return change(state, event.toolCallId, event.toolName, (item) => ({
        result,
        isError,
        args: item.args || (args ?? ''), // a person may have changed what the model wrote
      }))
    }
    default:
  }
}

function change(
  { items, places, turn }: State,
  callId: string,
  name: string,
  patch: (item: ToolItem) => Partial<ToolItem>,
): void {
  const place = places.get(callId)
  const found = place === undefined ? undefined : items[place]
  const item: ToolItem =
    found?.kind === 'tool'
      ? found
      : {
          kind: 'tool',
          key: `tool ${callId}`,
          turn,
          callId,
          name,
          args: '',
          progress: [],
          result: null,
          isError: false,
          approval: null,
        }
  if (place === undefined) places.set(callId, items.length)
  items[place ?? items.length] = { ...item, ...patch(item) }
}
