import type { LanguageModel } from 'fetch-studio'
import { createStudioClient } from 'fetch-studio/client'
import type { SupportDesk } from './start.ts'

const agent = 'support-operations'

/**
 * Makes two runs in which something goes wrong, and which succeed all the same: in one the model is overloaded and asked again;
 * in the other an instance loses its database while it answers, and the desk takes the run over.
 */
export async function makeMishaps({ studio, openInstance, signal }: SupportDesk): Promise<void> {
  const overload = { calls: 0 }
  const { studio: instance, cut } = openInstance((model) => failFirstCall(model, overload))
  const client = createStudioClient({ fetch: instance.fetch })
  /** Resolves when the instance writes its answer. The desk may be faster to claim a run; then another one is started. */
  const ask = async (message: string) => {
    for (let tries = 1; ; tries++) {
      const { calls } = overload
      const { id } = await client.runs.start(agent, { message }, { signal })
      for await (const { type } of client.runs.follow(id, { signal }))
        if (type === 'text_delta') break
      if (overload.calls > calls || tries === 5) return id
    }
  }
  try {
    await client.runs.follow(await ask('Has order ORD-1003 arrived?'), { signal }).final()
    const lost = await ask('Summarize order ORD-1002.')
    await cut()
    await createStudioClient({ fetch: studio.fetch }).runs.follow(lost, { signal }).final()
  } finally {
    await cut()
  }
}

/** Fails the first call as the API of a provider does that has too much to do, and counts all of them. */
function failFirstCall(model: LanguageModel, count: { calls: number }): LanguageModel {
  const call = async <T>(ask: () => T): Promise<Awaited<T>> => {
    if (count.calls++ > 0) return await ask()
    const responseHeaders = { 'retry-after-ms': '800' }
    throw Object.assign(new Error('The model is overloaded'), { statusCode: 503, responseHeaders })
  }
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    doGenerate: (options) => call(() => model.doGenerate(options)),
    doStream: (options) => call(() => model.doStream(options)),
  }
}
