import { callModel } from '../../../src/agents/model/call.ts'
import type {
  ModelCallContext,
  ModelOutcome,
  ModelRequest,
} from '../../../src/agents/model/call.ts'
import type { LanguageModel } from '../../../src/agents/model/language-model.ts'
import { userMessage } from '../../../src/records/message.ts'
import { countingIds, fixedClock } from '../../../src/testing.ts'

export const versions = ['v2', 'v3', 'v4'] as const

/** Calls a model with a plain request and writes down what the sink got, one line a call. */
export async function ask(
  model: LanguageModel,
  request: Partial<ModelRequest> = {},
  context: Partial<ModelCallContext> = {},
): Promise<{ outcome: ModelOutcome; log: string[]; delays: number[] }> {
  const log: string[] = []
  const delays: number[] = []
  const outcome = await callModel(
    model,
    {
      instructions: null,
      messages: [userMessage('Hi')],
      tools: [],
      stream: true,
      settings: {},
      ...request,
    },
    {
      text: (delta) => log.push(`text ${delta}`),
      reasoning: (delta, id) => log.push(`reasoning ${id} ${delta}`),
      toolCallDelta: (id, name, delta) => log.push(`tool ${id} ${name} ${delta}`),
      retry: ({ message }) => log.push(`retry ${message}`),
    },
    {
      signal: new AbortController().signal,
      clock: fixedClock(),
      ids: countingIds(),
      sleep: async (ms) => void delays.push(ms),
      random: () => 0.5,
      usedToolCallIds: new Set(),
      ...context,
    },
  )
  return { outcome, log, delays }
}

/** The answer of a call that must have succeeded. */
export function answerOf(outcome: ModelOutcome) {
  if (!outcome.ok) throw new Error(`${outcome.error.name}: ${outcome.error.message}`)
  return outcome.answer
}

/** The failure of a call that must not have succeeded. */
export function failureOf(outcome: ModelOutcome) {
  if (outcome.ok) throw new Error('the call succeeded')
  return outcome
}

/** A model that streams the given parts as they are. */
export function rawModel(parts: readonly unknown[]): LanguageModel {
  return streamingModel(
    new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(part)
        controller.close()
      },
    }),
  )
}

/** A model whose every call gives this stream. */
export function streamingModel(stream: ReadableStream<unknown>): LanguageModel {
  return {
    specificationVersion: 'v3',
    provider: 'raw',
    modelId: 'raw-1',
    doGenerate: () => Promise.reject(new Error('streams only')),
    doStream: async () => ({ stream }),
  }
}

/** What the AI SDK throws for an answer that is not 2xx, by shape. */
export function apiError(statusCode: number, responseHeaders: Record<string, string> = {}): Error {
  return Object.assign(new Error(`status ${statusCode}`), {
    name: 'AI_APICallError',
    statusCode,
    responseHeaders,
  })
}
