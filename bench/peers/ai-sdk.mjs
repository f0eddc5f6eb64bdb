// The AI SDK behind a bare server, as its guides show it.
import { isStepCount, streamText, tool } from 'ai7'
import { z } from 'zod'
import { findOrder, instructions, lookup, serveBare } from './host.mjs'
import { aiSdkModel } from './model.mjs'

const tools = {
  lookup: tool({
    description: lookup.description,
    inputSchema: z.object({ id: z.string() }),
    execute: findOrder,
  }),
}
serveBare(async (message, response) => {
  const result = streamText({
    model: aiSdkModel,
    system: instructions,
    prompt: message,
    tools,
    stopWhen: isStepCount(10),
  })
  await result.pipeUIMessageStreamToResponse(response)
})
