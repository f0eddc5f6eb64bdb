// Mastra behind a bare server: the chunks of its full stream as events.
import { Agent } from '@mastra/core/agent'
import { createTool } from '@mastra/core/tools'
import { z } from 'zod'
import { findOrder, instructions, lookup, sendEvents, serveBare } from './host.mjs'
import { aiSdkModel } from './model.mjs'

const tool = createTool({
  id: lookup.name,
  description: lookup.description,
  inputSchema: z.object({ id: z.string() }),
  execute: async (input) => findOrder(input),
})
const agent = new Agent({
  id: 'bench',
  name: 'bench',
  instructions,
  model: aiSdkModel,
  tools: { lookup: tool },
})
serveBare(async (message, response) => {
  const { fullStream } = await agent.stream(message, { maxSteps: 10 })
  await sendEvents(fullStream, response)
})
