import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LanguageModel } from 'fetch-studio'
import { decide as decideForSupport, type PromptMessage, type Turn } from './rules.ts'

type Call = Parameters<LanguageModel['doStream']>[0]

/** The rules: what comes next, by the messages so far and the names of the tools that may be called. */
type Decide = (prompt: readonly PromptMessage[], offered: readonly string[]) => Turn

/** The decision of the rules, with its finish reason and usage. */
interface Answer {
  readonly turn: Turn
  readonly finish: { readonly finishReason: object; readonly usage: object }
}

/**
 * Makes a model that follows rules, with the interface of the AI SDK's models (specification v3). It is not a language
 * model, and every answer says so.
 *
 * @param wordMs Pause between the words of a streamed answer, in milliseconds.
 * @param decide The rules. @default those of the support team
 */
export function ruleModel({
  wordMs = 15,
  decide = decideForSupport,
}: { wordMs?: number; decide?: Decide } = {}): LanguageModel {
  return {
    specificationVersion: 'v3',
    provider: 'support-desk',
    modelId: 'rule-driven-demo',
    async doGenerate(call) {
      const { turn, finish } = answer(call, decide)
      return { content: toContent(turn), ...finish }
    },
    async doStream(call) {
      return { stream: toStream(streamParts(answer(call, decide), wordMs, call.abortSignal)) }
    },
  }
}

function answer({ prompt, tools = [], toolChoice }: Call, decide: Decide): Answer {
  const none = (toolChoice as { type?: unknown } | undefined)?.type === 'none'
  const offered = none ? [] : tools.map((tool) => String((tool as { name?: unknown }).name))
  const turn = decide(prompt as readonly PromptMessage[], offered)
  const reason = 'calls' in turn ? 'tool-calls' : 'stop'
  return {
    turn,
    finish: {
      finishReason: { unified: reason, raw: reason },
      usage: {
        inputTokens: { total: countTokens(JSON.stringify(prompt)) },
        outputTokens: { total: countTokens(JSON.stringify(turn)) },
      },
    },
  }
}

/** Counts words and punctuation marks, which is close enough for a demo. */
function countTokens(text: string): number {
  return text.match(/\w+|[^\w\s]/g)?.length ?? 0
}

function toContent(turn: Turn): object[] {
  if ('text' in turn) return [{ type: 'text', text: turn.text }]
  return turn.calls.map(({ toolName, input }) => ({
    type: 'tool-call',
    toolCallId: randomUUID(),
    toolName,
    input: JSON.stringify(input),
  }))
}

async function* streamParts(
  { turn, finish }: Answer,
  wordMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<object> {
  yield { type: 'stream-start', warnings: [] }
  if ('text' in turn) {
    yield { type: 'text-start', id: 'answer' }
    for (const delta of turn.text.match(/\S+\s*/g) ?? []) {
      await sleep(wordMs, undefined, signal ? { signal } : {})
      yield { type: 'text-delta', id: 'answer', delta }
    }
    yield { type: 'text-end', id: 'answer' }
  } else yield* toContent(turn)
  yield { type: 'finish', ...finish }
}

function toStream(parts: AsyncGenerator<object>): ReadableStream<unknown> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}
