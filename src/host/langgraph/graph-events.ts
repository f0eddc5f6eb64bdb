import type { SegmentEvent } from '../../agents/hosted-loop.ts'
import { isRecord, toJson } from '../../lib/json.ts'
import { readTokens } from '../shared/count-tokens.ts'

type Members = Readonly<Record<string, unknown>>

/** What a stream of a graph has said so far. */
export interface GraphReader {
  /** Takes one chunk of the modes `messages` and `updates`. */
  read(chunk: unknown): void
  /** The interrupts at which the graph stopped. */
  readonly interrupts: readonly Members[]
  /** How many answers of models have begun. */
  answers(): number
  /** Did the message with this id come in this segment? */
  has(messageId: string): boolean
}

/** Creates the reader of a segment of a graph. Messages that come from before the segment are not told again. */
export function createGraphReader(emit: (event: SegmentEvent) => void): GraphReader {
  const answers = new Set<string>()
  const results = new Set<string>()
  const interrupts: Members[] = []

  const readCalls = (message: Members) => {
    for (const { id, name, args } of callsOf(message)) {
      if (typeof id !== 'string') continue
      emit({ type: 'tool_call', callId: id, toolName: String(name), input: toJson(args ?? {}) })
    }
  }
  const readAnswer = (message: Members, id: string) => {
    answers.add(id)
    for (const { type, delta } of readContent(message['content'])) {
      emit({ type, delta, messageId: id })
    }
    if (isRecord(message['usage_metadata'])) emit(toUsageEvent(message))
    if (!('tool_call_chunks' in message)) readCalls(message) // those of a chunk are not whole
  }
  const readResult = ({ tool_call_id: callId, content, status }: Members) => {
    if (typeof callId !== 'string' || results.has(callId)) return
    results.add(callId)
    const output = typeof content === 'string' ? content : textOfMessage(content)
    emit({ type: 'tool_result', callId, output, isError: status === 'error' })
  }
  const readUpdate = (message: Members) => {
    if (typeOf(message) === 'ai' && answers.has(String(message['id']))) readCalls(message)
  }
  const readUpdates = (updates: Members) => {
    for (const [node, update] of Object.entries(updates)) {
      if (node === '__interrupt__') {
        if (Array.isArray(update)) interrupts.push(...update.filter(isRecord))
        continue
      }
      for (const message of messagesOf(update)) readUpdate(message)
      for (const message of messagesOf(update)) if (typeOf(message) === 'tool') readResult(message)
    }
  }
  return {
    interrupts,
    answers: () => answers.size,
    has: (messageId) => answers.has(messageId),
    read(chunk) {
      const [mode, value]: readonly unknown[] = Array.isArray(chunk) ? chunk : []
      if (mode === 'updates' && isRecord(value)) return readUpdates(value)
      const message: unknown = mode === 'messages' && Array.isArray(value) ? value[0] : null
      if (!isRecord(message)) return
      if (typeOf(message) === 'ai') readAnswer(message, String(message['id']))
      else if (typeOf(message) === 'tool') readResult(message)
    },
  }
}

/** Returns the messages that a node added: of one update, or of several. */
function messagesOf(update: unknown): Members[] {
  const updates: readonly unknown[] = Array.isArray(update) ? update : [update]
  return updates.flatMap((one) => {
    const messages = isRecord(one) ? one['messages'] : null
    return (Array.isArray(messages) ? messages : [messages]).filter(isRecord)
  })
}

/** Returns the type of a message of LangChain: `human`, `ai`, `tool` and others. */
export function typeOf(message: Members): unknown {
  const { getType, _getType: earlier } = message
  const read = typeof getType === 'function' ? getType : earlier
  return typeof read === 'function' ? Reflect.apply(read, message, []) : message['type']
}

/** Returns the calls of tools of a message. */
export function callsOf({ tool_calls: calls }: Members): Members[] {
  return Array.isArray(calls) ? calls.filter(isRecord) : []
}

/** Returns the text of a message's content. */
export function textOfMessage(content: unknown): string {
  return readContent(content)
    .flatMap(({ type, delta }) => (type === 'text' ? [delta] : []))
    .join('')
}

interface ContentDelta {
  readonly type: 'text' | 'reasoning'
  readonly delta: string
}

function readContent(content: unknown): ContentDelta[] {
  if (typeof content === 'string') return [{ type: 'text', delta: content }]
  if (!Array.isArray(content)) return []
  return content.filter(isRecord).flatMap((block): ContentDelta[] => {
    const { type, text, reasoning, thinking } = block
    if (type === 'text' && typeof text === 'string') return [{ type, delta: text }]
    const thought = type === 'thinking' ? thinking : reasoning
    return typeof thought === 'string' ? [{ type: 'reasoning', delta: thought }] : []
  })
}

function toUsageEvent({
  usage_metadata: usage,
  response_metadata: metadata,
}: Members): SegmentEvent {
  const { model_name: model } = isRecord(metadata) ? metadata : {}
  return {
    type: 'usage',
    usage: readTokens(usage, {
      input: 'input_tokens',
      output: 'output_tokens',
      cached: ['input_token_details', 'cache_read'],
      cacheCreation: ['input_token_details', 'cache_creation'],
    }),
    ...(typeof model === 'string' ? { model } : {}),
  }
}
