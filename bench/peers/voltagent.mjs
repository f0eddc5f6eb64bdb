// VoltAgent with its own server on Hono, which sends a UI message stream.
import { Agent, createTool, VoltAgent } from '@voltagent/core'
import { honoServer } from '@voltagent/server-hono'
import { z } from 'zod'
import { answerBench, findOrder, freePort, instructions, lookup } from './host.mjs'
import { aiSdkModel } from './model.mjs'

// It warns in each stream about a message of its own, and once that it cannot fetch a list of models.
console.warn = () => undefined

const tool = createTool({
  ...lookup,
  parameters: z.object({ id: z.string() }),
  execute: async (input) => findOrder(input),
})
const agent = new Agent({
  id: 'bench',
  name: 'bench',
  instructions,
  model: aiSdkModel,
  tools: [tool],
  maxSteps: 10,
})

const port = await freePort()
const app = new VoltAgent({
  agents: { bench: agent },
  server: honoServer({ port, hostname: '127.0.0.1', enableSwaggerUI: false }),
})
await app.ready
for (;;) {
  const answer = await fetch(`http://127.0.0.1:${port}/agents`).catch(() => undefined)
  if (answer?.ok) break
  await new Promise((resolve) => setTimeout(resolve, 100))
}
answerBench(port)
