// An agent of Mastra.
import { Agent } from '@mastra/core/agent'
import { createTool } from '@mastra/core/tools'
import { z } from 'zod'
import { findOrder, instructions, lookup } from './host.mjs'
import { aiSdkModel } from './model.mjs'

const tool = createTool({
  id: lookup.name,
  description: lookup.description,
  inputSchema: z.object({ id: z.string() }),
  execute: async (input) => findOrder(input),
})
export const agent = new Agent({
  id: 'bench',
  name: 'bench',
  instructions,
  model: aiSdkModel,
  tools: { lookup: tool },
})
