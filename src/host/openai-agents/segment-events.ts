import type { SegmentEvent } from '../../agents/hosted-loop.ts'
import { isRecord, type Json } from '../../lib/json.ts'
import { readTokens } from '../shared/count-tokens.ts'

type Members = Readonly<Record<string, unknown>>

/** Tells the events of a streamed run of OpenAI Agents. */
export function createEventReader(emit: (event: SegmentEvent) => void): (event: unknown) => void {
  let answer = 0
  let hasText = false
  let hasReasoning = false
  const say = (type: 'text' | 'reasoning', delta: string) => {
    if (type === 'text') hasText = true
    else hasReasoning = true
    emit({ type, delta, messageId: String(answer) })
  }
  const readRaw = ({ type, delta, response, event }: Members) => {
    if (type === 'response_started') {
      answer += 1
      hasText = hasReasoning = false
    } else if (type === 'output_text_delta') say('text', String(delta))
    else if (type === 'response_done' && isRecord(response)) emit(toUsageEvent(response))
    else if (type === 'model' && isRecord(event) && isReasoningDelta(event)) {
      say('reasoning', String(event['delta']))
    }
  }
  const readItem = (name: unknown, item: Members) => {
    const raw = isRecord(item['rawItem']) ? item['rawItem'] : {}
    if (name === 'tool_called' || name === 'handoff_requested') {
      if (raw['type'] === 'function_call') emit({ type: 'tool_call', ...readFunctionCall(raw) })
    } else if (name === 'tool_output' || name === 'handoff_occurred') {
      const { callId, output } = raw
      const result = item['output'] ?? readText(output)
      emit({ type: 'tool_result', callId: String(callId), output: result })
    } else if (name === 'message_output_created' && !hasText) {
      say('text', readTexts(raw['content']))
    } else if (name === 'reasoning_item_created' && !hasReasoning) {
      say('reasoning', readTexts(raw['content']))
    }
  }
  return (event) => {
    if (!isRecord(event)) return
    const { type, data, name, item } = event
    if (type === 'raw_model_stream_event' && isRecord(data)) readRaw(data)
    else if (type === 'run_item_stream_event' && isRecord(item)) readItem(name, item)
  }
}

/** Reads a call, whose arguments are JSON text; what cannot be parsed stays text. */
export function readFunctionCall(raw: Members): {
  readonly callId: string
  readonly toolName: string
  readonly input: Json
} {
  const { callId, id, name, arguments: text } = raw
  return { callId: String(callId ?? id), toolName: String(name), input: parse(text) }
}

function parse(text: unknown): Json {
  if (typeof text !== 'string' || text.trim() === '') return {}
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

function toUsageEvent({ usage, providerData }: Members): SegmentEvent {
  const { model } = isRecord(providerData) ? providerData : {}
  return {
    type: 'usage',
    usage: readTokens(usage, {
      input: 'inputTokens',
      output: 'outputTokens',
      cached: ['inputTokensDetails', 'cached_tokens'],
    }),
    ...(typeof model === 'string' ? { model } : {}),
  }
}

/** The events of OpenAI's API that hold reasoning, which the framework passes on as they are. */
function isReasoningDelta({ type, delta }: Members): boolean {
  return (
    typeof delta === 'string' &&
    (type === 'response.reasoning_summary_text.delta' || type === 'response.reasoning_text.delta')
  )
}

function readTexts(content: unknown): string {
  return Array.isArray(content) ? content.map(readText).join('') : ''
}

function readText(part: unknown): string {
  return isRecord(part) && typeof part['text'] === 'string' ? part['text'] : ''
}
