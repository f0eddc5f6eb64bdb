import OpenAI from 'openai'
import { expect, it } from 'vitest'
import { chatClient, type Place, responsesClient } from './scenario-client.ts'
import { createScenarioOptions } from './scenario-options.ts'
import { openaiScenarios } from './scenarios.ts'
import { createTestStudio } from '../../support/studio.ts'

const make = ({ baseURL, apiKey, fetch }: Place) =>
  new OpenAI({ baseURL, apiKey, fetch, maxRetries: 0 })

async function createStudio() {
  const { studio } = await createTestStudio(createScenarioOptions())
  const fetch = (input: string | URL | Request, init?: RequestInit) =>
    studio.fetch(new Request(input, init))
  return { url: 'http://studio.test', fetch }
}

it.each(Object.entries(openaiScenarios))('Responses: openai 6 and %s', async (_, scenario) => {
  const reason = await scenario(responsesClient(make), await createStudio())
  expect([undefined, 'needs two processes', 'a verdict of OpenAI has no arguments']).toContain(
    reason,
  )
})

it.each(['text', 'reasoning', 'approval', 'error', 'usage'])(
  'Chat Completions: openai 6 and %s',
  async (name) => {
    const reason = await openaiScenarios[name]?.(chatClient(make), await createStudio())
    expect(reason).toBe(name === 'approval' ? 'Chat Completions have no shape for it' : undefined)
  },
)
