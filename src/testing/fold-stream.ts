import type { LanguageModelResult } from '../agents/model/language-model.ts'

type Part = Readonly<Record<string, unknown>>

/**
 * Reads a whole stream into the result that a model returns without streaming.
 *
 * @throws The error of the first `error` part, or an Error when the stream has no `finish`.
 */
export async function toResult(stream: ReadableStream<unknown>): Promise<LanguageModelResult> {
  const content: Part[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new Error('The scripted answer has no finish')
    const part = value as Part
    if (part.type === 'error') throw part.error
    if (part.type === 'finish') {
      const { finishReason, usage } = part
      return { content, finishReason, usage, warnings: [] }
    }
    if (part.type === 'text-delta' || part.type === 'text-end') fold(content, part, 'text')
    else if (part.type === 'reasoning-delta' || part.type === 'reasoning-end')
      fold(content, part, 'reasoning')
    else if (isContent(part)) content.push(part)
  }
}

// The result keeps the id of a block: real models may return it too.
function fold(content: Part[], { id, delta = '', providerMetadata }: Part, type: string): void {
  const at = content.findIndex((part) => part.type === type && part.id === id)
  const signed = providerMetadata === undefined ? {} : { providerMetadata }
  if (at < 0) content.push({ type, id, text: delta, ...signed })
  else content[at] = { ...content[at], text: `${content[at]?.text}${delta}`, ...signed }
}

function isContent({ type }: Part): boolean {
  return ['tool-call', 'tool-result', 'file', 'source', 'custom'].includes(String(type))
}
