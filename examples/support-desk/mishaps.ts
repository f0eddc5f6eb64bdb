import type { LanguageModel } from 'fetch-studio'
import { createStudioClient } from 'fetch-studio/client'
import type { SupportDesk } from './start.ts'

const agent = 'support-operations'

/**
 * Makes two runs in which something goes wrong, and which succeed all the same: in one the model is overloaded and asked again;
 * in the other an instance loses its database while it answers, and the desk takes the run over.
 */
export async function makeMishaps({ studio, openInstance }: SupportDesk): Promise<void> {
  const { studio: instance, cut } = openInstance(overloadedOnce)
  try {
    const other = createStudioClient({ fetch: instance.fetch })
    await other.runs.create(agent, { message: 'Has order ORD-1003 arrived?' })
    const { id } = await other.runs.start(agent, { message: 'Summarize order ORD-1002.' })
    for await (const { type } of other.runs.follow(id)) if (type === 'text_delta') break
    await cut()
    await createStudioClient({ fetch: studio.fetch }).runs.follow(id).final()
  } finally {
    await cut()
  }
}

/** Fails the first call as the API of a provider does that has too much to do. */
function overloadedOnce(model: LanguageModel): LanguageModel {
  let calls = 0
  const call = async <T>(ask: () => T): Promise<Awaited<T>> => {
    if (calls++ > 0) return await ask()
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
