// VoltAgent with its own server on Hono, which sends a UI message stream.
import { createServer } from 'node:net'
import { Agent, createTool, VoltAgent } from '@voltagent/core'
import { honoServer } from '@voltagent/server-hono'
import { z } from 'zod'
import { answerBench, findOrder, instructions, lookup } from './host.mjs'
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

/** Returns a free port, because the server takes a number of its own and not 0. */
async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

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
