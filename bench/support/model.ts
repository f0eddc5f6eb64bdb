import type { LanguageModel } from '../../src/index.ts'

/** A model whose every answer has a fixed number of short deltas. */
export interface DeltaModel extends LanguageModel {
  readonly deltas: number
}

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
}
const finishReason = { unified: 'stop', raw: 'stop' }

/** Makes a model that streams `deltas` text deltas, one per pull, as providers do. */
export function deltaModel(deltas: number): DeltaModel {
  return {
    specificationVersion: 'v3',
    provider: 'bench',
    modelId: 'deltas',
    deltas,
    doGenerate: async () => ({ content: [{ type: 'text', text: 'done' }], finishReason, usage }),
    doStream: async () => ({ stream: deltaStream(deltas) }),
  }
}

function deltaStream(deltas: number): ReadableStream<unknown> {
  let sent = -1
  return new ReadableStream({
    pull(controller) {
      if (sent === -1) controller.enqueue({ type: 'text-start', id: '1' })
      else if (sent < deltas) controller.enqueue({ type: 'text-delta', id: '1', delta: ' token' })
      else {
        controller.enqueue({ type: 'text-end', id: '1' })
        controller.enqueue({ type: 'finish', finishReason, usage })
        controller.close()
      }
      sent++
    },
  })
}

/** The hand-written baseline: reads the model's stream and encodes each delta as a line. */
export async function handWrittenStream(model: LanguageModel): Promise<Response> {
  const { stream } = await model.doStream({ prompt: [] })
  const reader = (stream as ReadableStream<{ type: string; delta: string }>).getReader()
  const encoder = new TextEncoder()
  let seq = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) return controller.close()
      const line = { type: 'text_delta', turn: 1, delta: value.delta, seq: seq++ }
      controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`))
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })
}

/** Reads a body to its end and returns its size. */
export async function readAll(response: Response): Promise<number> {
  const reader = response.body?.getReader()
  let bytes = 0
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) return bytes
    bytes += value?.byteLength ?? 0
  }
}
