import type { AgUiFrame, AgUiShown } from './frames.ts'

/** A message that a stream shows. It grows while it is streamed. */
export interface ShownMessage {
  readonly id: string
  readonly role: 'assistant' | 'reasoning' | 'tool'
  content?: string
  toolCalls?: ShownCall[]
  readonly toolCallId?: string
}

interface ShownCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; arguments: string }
}

/** What a client has, and what is open, at one moment of a stream. */
export interface Shown {
  /** The id of our run, of which the ids of messages are made. */
  readonly ownRunId: string
  /** Begins the ids of reasoning messages: a client adds to one that it has already. */
  readonly streamId: string
  /** What the client had when the stream began, as far as it still counts. */
  before: readonly AgUiShown[]
  readonly known: Set<string>
  /** What the stream has shown. */
  own: ShownMessage[]
  step: string | null
  /** The message that is being streamed. */
  open: ShownMessage | null
  /** The id of the first message of this turn, and how many others the turn has. */
  turnId: string
  more: number
  /** How many messages the stream had shown before this turn. */
  turnStart: number
  /** Tool calls that are open, with what was shown of their arguments. */
  readonly calls: Map<string, string>
}

/** Begins with what the client has. */
export function createShown(
  about: Pick<Shown, 'ownRunId' | 'streamId'>,
  messages: readonly AgUiShown[],
): Shown {
  return {
    ...about,
    before: messages,
    known: new Set(messages.map(({ id }) => id)),
    own: [],
    step: null,
    open: null,
    turnId: '',
    more: 0,
    turnStart: 0,
    calls: new Map(),
  }
}

/** Returns the id of the message of a turn. */
export function turnMessageId(runId: string, turn: number): string {
  return `${runId}-${turn}`
}

/** Returns the id of the message with a tool's result. */
export function resultMessageId(runId: string, toolCallId: string): string {
  return `${runId}-r-${toolCallId}`
}

/**
 * Adds a message. A client that lost its connection has the beginning of it: that, and what came after, is taken back before
 * the message begins again.
 */
export function addMessage(shown: Shown, message: ShownMessage): AgUiFrame[] {
  const isKnown = shown.known.has(message.id)
  if (isKnown) {
    const at = shown.before.findIndex(({ id }) => id === message.id)
    for (const { id } of shown.before.slice(at)) shown.known.delete(id)
    shown.before = shown.before.slice(0, at)
  }
  const frames = isKnown ? [toSnapshot(shown)] : []
  shown.own.push(message)
  return frames
}

/** Begins a turn. If another process took it over, what the lost one had shown of it is taken back. */
export function startTurn(shown: Shown, turn: number, attempt: number | undefined): AgUiFrame[] {
  const ended = closeRun(shown)
  const id = turnMessageId(shown.ownRunId, turn)
  const isAgain = attempt !== undefined && attempt > 1
  const stepName = isAgain ? `turn ${turn}, attempt ${attempt}` : `turn ${turn}`
  shown.step = stepName
  shown.turnId = isAgain ? `${id}.${attempt}` : id
  shown.more = 0
  const started: AgUiFrame = { type: 'STEP_STARTED', stepName }
  if (attempt === undefined) {
    shown.turnStart = shown.own.length
    return [...ended, started]
  }
  const isVoid = (one: string) => one === id || one.startsWith(`${id}.`) || one.startsWith(`${id}-`)
  shown.own = shown.own.slice(0, shown.turnStart)
  shown.before = shown.before.filter((message) => !isVoid(message.id))
  return [...ended, toSnapshot(shown), started]
}

/** Ends the message that is being streamed, and the calls whose arguments are. */
export function closeOpen(shown: Shown): AgUiFrame[] {
  const ends = [...shown.calls.keys()].map(
    (toolCallId) => ({ type: 'TOOL_CALL_END', toolCallId }) as const,
  )
  shown.calls.clear()
  return [...closeMessage(shown), ...ends]
}

/** Ends the message that is being streamed. */
export function closeMessage(shown: Shown): AgUiFrame[] {
  if (!shown.open) return []
  const { id: messageId, role } = shown.open
  shown.open = null
  if (role === 'assistant') return [{ type: 'TEXT_MESSAGE_END', messageId }]
  return [
    { type: 'REASONING_MESSAGE_END', messageId },
    { type: 'REASONING_END', messageId },
  ]
}

/** Ends everything that is open, as it must be before the run ends. */
export function closeRun(shown: Shown): AgUiFrame[] {
  const ended = closeOpen(shown)
  const { step: stepName } = shown
  shown.step = null
  return stepName === null ? ended : [...ended, { type: 'STEP_FINISHED', stepName }]
}

function toSnapshot({ before, own }: Shown): AgUiFrame {
  const copies = JSON.parse(JSON.stringify(own)) as AgUiShown[]
  return { type: 'MESSAGES_SNAPSHOT', messages: [...before, ...copies] }
}
