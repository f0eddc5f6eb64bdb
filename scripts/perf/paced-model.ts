import type { LanguageModel } from '../../src/index.ts'

/** A model that streams one text, as far as it was told to. */
export interface PacedModel extends LanguageModel {
  /** Lets the text go on, and resolves when so many deltas were sent. */
  sendUntil(count: number): Promise<void>
}

const usage = {
  inputTokens: { total: 800, noCache: 800, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 10_000, text: 10_000, reasoning: 0 },
}
const finishReason = { unified: 'stop', raw: 'stop' }

/** The pause after each burst of deltas. */
const pauseMs = 20

/**
 * Makes a model that answers each call with these deltas. What was allowed stays allowed for the next call.
 *
 * @param burst How many deltas are sent at once. With 10 there are 500 in a second, more than models send.
 */
export function pacedModel(deltas: readonly string[], burst = 10): PacedModel {
  let limit = 0
  let sent = 0
  const stream = () => {
    let isOpen = false
    return new ReadableStream<unknown>({
      async pull(controller) {
        if (!isOpen) controller.enqueue({ type: 'text-start', id: '1' })
        isOpen = true
        if (sent === deltas.length) {
          controller.enqueue({ type: 'text-end', id: '1' })
          controller.enqueue({ type: 'finish', finishReason, usage })
          return controller.close()
        }
        if (sent % burst === 0) await pause()
        while (sent >= limit) await pause()
        controller.enqueue({ type: 'text-delta', id: '1', delta: deltas[sent++] })
      },
    })
  }
  return {
    specificationVersion: 'v3',
    provider: 'perf',
    modelId: 'paced',
    doGenerate: async () => ({ content: [{ type: 'text', text: 'Done.' }], finishReason, usage }),
    async doStream() {
      sent = 0
      return { stream: stream() }
    },
    async sendUntil(count) {
      limit = count
      while (sent < count) await pause()
    },
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs))

const words = ['The ', 'order ', 'of ', 'the ', '**customer** ', 'is ', 'in ', '`transit`', ', ']

/** Makes Markdown in so many deltas. */
export const markdownDeltas = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => deltaAt(index))

/** Paragraphs of sixty words, with a heading, a list and a block of code from time to time. */
function deltaAt(index: number): string {
  const place = index % 60
  const paragraph = Math.floor(index / 60)
  if (place > 0) return words[place % words.length] ?? ''
  if (paragraph % 7 === 3) return `\n\n## Part ${paragraph}\n\n`
  if (paragraph % 7 === 5) return '\n\n```sql\nselect * from orders\n```\n\n'
  return paragraph % 2 === 0 ? '\n\n' : '\n\n- One\n- Two\n\n'
}
