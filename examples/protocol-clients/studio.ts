import { defineAgent, defineTool, type LanguageModel, Studio } from 'fetch-studio'
import { a2a, agUi, openai } from 'fetch-studio/protocols'
import { scriptedModel } from 'fetch-studio/testing'
import { z } from 'zod'

const refund = defineTool({
  name: 'refund_order',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string(), cents: z.number().int().positive() }),
  approval: { when: ({ cents }) => cents > 1000, reason: 'Refund over 10 €' },
  execute: async ({ orderId, cents }) => ({ orderId, refunded: cents }),
})

/** Makes the studio. Replace the model by any of the AI SDK, such as openai('gpt-5'). */
export function createStudio(
  model: LanguageModel = scriptedModel([
    { toolCall: { name: 'refund_order', input: { orderId: 'ORD-1', cents: 2500 } } },
    'The order was refunded.',
  ]),
): Studio {
  const support = defineAgent({
    id: 'support',
    description: 'Answers questions about orders, and refunds them.',
    model,
    tools: [refund],
  })
  return new Studio([support], { protocols: [openai(), a2a(), agUi()] })
}
