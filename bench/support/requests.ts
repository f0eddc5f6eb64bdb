import { Studio, type StudioOptions } from '../../src/index.ts'
import { defineAgent } from '../../src/index.ts'
import type { LanguageModel } from '../../src/index.ts'

/** Makes a studio with one agent, `bench`, which sends only the prompt to the model. */
export function benchStudio(model: LanguageModel, options?: StudioOptions): Studio {
  return new Studio([defineAgent({ id: 'bench', model, maxHistory: 1 })], options)
}

/** Makes a POST request with a JSON body. */
export function post(path: string, body: unknown): Request {
  return new Request(`http://studio.test${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Creates a session with the agent; resolves to its id. */
export async function createSession(studio: Studio): Promise<string> {
  const response = await studio.fetch(post('/sessions', { agentId: 'bench' }))
  const { id } = (await response.json()) as { id: string }
  return id
}
