import { defineAgent, defineTool, Studio } from 'fetch-studio'
import { consoleAssets } from 'fetch-studio/console'
import { scriptedModel } from 'fetch-studio/testing'
import { z } from 'zod'

const refund = defineTool({
  name: 'refund_order',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string(), cents: z.number().int().positive() }),
  approval: { when: ({ cents }) => cents > 1000, reason: 'Refund over 10 €' },
  execute: ({ orderId, cents }) => ({ orderId, refunded: cents }),
})

// Needs no key: it plays a script with a small refund and one that needs approval. Put any AI SDK model here.
const model = scriptedModel([
  { toolCall: { name: 'refund_order', input: { orderId: 'ORD-1001', cents: 500 } } },
  'I refunded 5 €.',
  { toolCall: { name: 'refund_order', input: { orderId: 'ORD-1002', cents: 5000 } } },
  'I refunded 50 €, with your approval.',
])

const support = defineAgent({ id: 'support', name: 'Support', tools: [refund], model })

export default new Studio([support], { console: consoleAssets() })
