import type { PendingCall, SegmentEvent } from '../../agents/hosted-loop.ts'
import { isRecord, toJson } from '../../lib/json.ts'
import { readTokens } from '../shared/count-tokens.ts'

type Members = Readonly<Record<string, unknown>>

/** What the chunks of one or more streams of Mastra have said so far. */
export interface ChunkReader {
  /** @throws the error of a chunk that has one. */
  read(chunk: unknown): void
  /** The calls that wait, as the last stream said. */
  readonly pending: Map<string, PendingCall>
  text(): string
  /** Why the last model call ended; null before the end. */
  finishReason(): string | null
}

/** Creates the reader of a segment. */
export function createChunkReader(emit: (event: SegmentEvent) => void): ChunkReader {
  const pending = new Map<string, PendingCall>()
  let text = ''
  let step = 0
  let finishReason: string | null = null
  const readers: Readonly<Record<string, (payload: Members) => void>> = {
    'step-start': () => {
      step += 1
      text = ''
    },
    'text-delta': (payload) => {
      const delta = String(payload['text'] ?? '')
      text += delta
      emit({ type: 'text', delta, messageId: String(step) })
    },
    'reasoning-delta': (payload) => {
      emit({ type: 'reasoning', delta: String(payload['text'] ?? ''), messageId: String(step) })
    },
    'tool-call': (payload) => {
      if (payload['providerExecuted'] !== true) emit({ type: 'tool_call', ...toCall(payload) })
    },
    'tool-result': (payload) => {
      const { toolCallId, result, isError } = payload
      const failed = isError === true
      emit({ type: 'tool_result', callId: String(toolCallId), output: result, isError: failed })
    },
    'tool-error': ({ toolCallId, error }) => {
      const output = toError(error).message
      emit({ type: 'tool_result', callId: String(toolCallId), output, isError: true })
    },
    'tool-call-approval': (payload) => {
      const call = toCall(payload)
      pending.set(call.callId, call)
    },
    'tool-call-suspended': ({ toolName }) => {
      throw new TypeError(`Tool ${String(toolName)} suspends itself; only approvals can wait`)
    },
    'step-finish': (payload) => {
      const { output, metadata, stepResult } = payload
      finishReason = isRecord(stepResult) ? String(stepResult['reason']) : null
      if (isRecord(output)) emit(toUsageEvent(output['usage'], metadata))
    },
    error: ({ error }) => {
      throw toError(error)
    },
    tripwire: ({ reason }) => {
      throw new Error(`A processor of the agent stopped the run: ${String(reason)}`)
    },
  }
  return {
    pending,
    text: () => text,
    finishReason: () => finishReason,
    read(chunk) {
      const { type, payload } = isRecord(chunk) ? chunk : {}
      const own = typeof type === 'string' && Object.hasOwn(readers, type) ? readers[type] : null
      own?.(isRecord(payload) ? payload : {})
    },
  }
}

function toCall({ toolCallId, toolName, args }: Members): PendingCall {
  return { callId: String(toolCallId), toolName: String(toolName), input: toJson(args ?? {}) }
}

/** Mastra writes errors as data; the name and the status of the original are kept. */
function toError(error: unknown): Error {
  if (error instanceof Error) return error
  const { message, name, statusCode } = isRecord(error) ? error : { message: error }
  return Object.assign(new Error(String(message)), {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
  })
}

function toUsageEvent(usage: unknown, metadata: unknown): SegmentEvent {
  const { modelId } = isRecord(metadata) ? metadata : {}
  return {
    type: 'usage',
    usage: readTokens(usage, {
      input: 'inputTokens',
      output: 'outputTokens',
      cached: ['cachedInputTokens'],
      cacheCreation: ['cacheCreationInputTokens'],
    }),
    ...(typeof modelId === 'string' ? { model: modelId } : {}),
  }
}
