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

/** Calls a model with a plain request and logs each call of the sink on a line. */
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
      source: (source) => log.push(`source ${source.type} ${source.title}`),
      providerToolCall: ({ name, status }) => log.push(`provider ${name} ${status}`),
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

/** Returns the answer of a call that must succeed. */
export function answerOf(outcome: ModelOutcome) {
  if (!outcome.ok) throw new Error(`${outcome.error.name}: ${outcome.error.message}`)
  return outcome.answer
}

/** Returns the failure of a call that must fail. */
export function failureOf(outcome: ModelOutcome) {
  if (outcome.ok) throw new Error('the call succeeded')
  return outcome
}

/** Makes a model that streams these parts unchanged. */
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

/** Makes a model whose calls all return this stream. */
export function streamingModel(stream: ReadableStream<unknown>): LanguageModel {
  return {
    specificationVersion: 'v3',
    provider: 'raw',
    modelId: 'raw-1',
    doGenerate: () => Promise.reject(new Error('streams only')),
    doStream: async () => ({ stream }),
  }
}

/** Makes an error of the shape that the AI SDK throws for a status outside of 2xx. */
export function apiError(statusCode: number, responseHeaders: Record<string, string> = {}): Error {
  return Object.assign(new Error(`status ${statusCode}`), {
    name: 'AI_APICallError',
    statusCode,
    responseHeaders,
  })
}
