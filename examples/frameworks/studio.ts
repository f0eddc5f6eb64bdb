import { defineAgent, Studio } from 'fetch-studio'
import { scriptedModel } from 'fetch-studio/testing'

// Needs no key: it says hello, or takes ten seconds when asked to. Put any AI SDK model here.
const model = scriptedModel(
  Array.from({ length: 1000 }, () => ({ prompt }: { prompt: unknown }) => {
    if (!JSON.stringify(prompt).includes('slowly')) return 'Hello!'
    return [
      'One moment, ',
      { wait: new Promise((resolve) => setTimeout(resolve, 10_000)) },
      'hello!',
    ]
  }),
)

export const studio = new Studio([defineAgent({ id: 'support', model })], { basePath: '/internal' })
