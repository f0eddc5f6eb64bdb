import { defineAgent, defineTool, Studio } from 'fetch-studio'
import { postgresStores } from 'fetch-studio/postgres'
import { scriptedModel } from 'fetch-studio/testing'
import postgres from 'postgres'
import { z } from 'zod'

/** Hyperdrive is bound in wrangler.toml; without it, set a secret `DATABASE_URL`. */
interface Env {
  readonly HYPERDRIVE?: { readonly connectionString: string }
  readonly DATABASE_URL?: string
}

const refund = defineTool({
  name: 'refund_order',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string(), cents: z.number().int().positive() }),
  approval: { when: ({ cents }) => cents > 1000, reason: 'Refund over 10 €' },
  execute: ({ orderId, cents }) => ({ orderId, refunded: cents }),
})

// Needs no key: it plays a script with a small refund, one that needs approval, and an answer. Put any AI SDK model here.
const model = scriptedModel([
  { toolCall: { name: 'refund_order', input: { orderId: 'ORD-1001', cents: 500 } } },
  'I refunded 5 €.',
  { toolCall: { name: 'refund_order', input: { orderId: 'ORD-1002', cents: 5000 } } },
  'I refunded 50 €, with your approval.',
  'I continued what another request had started.',
])

const studio = new Studio([defineAgent({ id: 'support', model, tools: [refund] })], {
  // On Workers a connection must not outlive its request, so each request opens and ends a client.
  stores: ({ env }) => {
    const { HYPERDRIVE, DATABASE_URL } = env as Env
    const url = HYPERDRIVE?.connectionString ?? DATABASE_URL ?? ''
    const sql = postgres(url, { max: 3, fetch_types: false, onnotice: () => undefined })
    return { ...postgresStores(sql, { migrate: false, listen: false }), close: () => sql.end() }
  },
})

export default {
  fetch: studio.fetch,
  /** Takes over runs that a request could not finish, at the times set in wrangler.toml. */
  scheduled: (_event: unknown, env: Env) => studio.tick(env),
}
