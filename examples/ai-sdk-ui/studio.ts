import { defineAgent, defineTool, type LanguageModel, Studio } from 'fetch-studio'
import { aiSdkUi } from 'fetch-studio/protocols'
import { scriptedModel } from 'fetch-studio/testing'
import { z } from 'zod'

const refund = defineTool({
  name: 'refund_order',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string(), cents: z.number().int().positive() }),
  approval: { when: ({ cents }) => cents > 1000, reason: 'Refund over 10 €' },
  execute: async ({ orderId, cents }) => ({ orderId, refunded: cents }),
})

// Replace it by any model of the AI SDK, such as openai('gpt-5').
const model: LanguageModel = scriptedModel([
  { toolCall: { name: 'refund_order', input: { orderId: 'ORD-1', cents: 2500 } } },
  'The order was refunded.',
])

/** Serves the agent `support` to `useChat` at `/internal/agents/support/chat`. */
export const studio = new Studio([defineAgent({ id: 'support', model, tools: [refund] })], {
  basePath: '/internal',
  protocols: [aiSdkUi()],
})
