import OpenAI from 'openai'
import { openai } from '../../../src/protocols.ts'
import type { Studio } from '../../../src/index.ts'
import { createTestStudio, type TestStudioOptions } from '../../support/studio.ts'

/** Makes the client of OpenAI that talks to a studio. It never repeats a request by itself. */
export function openaiClient(studio: Studio, apiKey = 'none'): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: 'http://studio.test/v1',
    maxRetries: 0,
    fetch: (input, init) => studio.fetch(new Request(input, init)),
  })
}

/** Makes a studio that serves OpenAI's protocols, with a client of them. */
export async function createOpenaiStudio(options: TestStudioOptions = {}) {
  const test = await createTestStudio({ protocols: [openai()], ...options })
  return { ...test, client: openaiClient(test.studio) }
}

/** Collects the events of a stream. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of stream) all.push(one)
  return all
}
