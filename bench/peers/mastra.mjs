// Mastra behind a bare server: the chunks of its full stream as events.
import { sendEvents, serveBare } from './host.mjs'
import { agent } from './mastra-agent.mjs'

serveBare(async (message, response) => {
  const { fullStream } = await agent.stream(message, { maxSteps: 10 })
  await sendEvents(fullStream, response)
})
