import { defineTool } from 'fetch-studio'
import type { Sql } from 'postgres'
import { z } from 'zod'
import { readOrders } from './orders.ts'

const orderId = z
  .string()
  .regex(/^ORD-\d{4}$/, 'must look like ORD-1001')
  .describe('Order number, such as ORD-1001')

/** The result of `refund_order`. Amounts are in euro cents. */
export const refundSchema = z.object({
  orderId: z.string(),
  refundedCents: z.int(),
  /** The amount that can still be refunded. */
  leftCents: z.int(),
})

/** Makes the tools of the support desk. */
export function createTools(sql: Sql) {
  return [lookupOrder(sql), refundOrder(sql)]
}

function lookupOrder(sql: Sql) {
  return defineTool({
    name: 'lookup_order',
    description: 'Looks up one order: its status, customer, items and refunds.',
    input: z.object({ orderId }),
    idempotent: true,
    timeoutMs: 10_000,
    async execute({ orderId }) {
      const [order] = await readOrders(sql, { number: orderId })
      if (!order) throw new Error(`There is no order ${orderId}.`)
      return order
    },
  })
}

function refundOrder(sql: Sql) {
  return defineTool({
    name: 'refund_order',
    description: 'Refunds a part of an order. Above 10 € a person must approve.',
    input: z.object({
      orderId,
      cents: z.int().positive().describe('Amount in cents of a euro'),
    }),
    approval: {
      when: ({ cents }) => cents > 1000,
      reason: ({ orderId, cents }) => `Refund of ${toEuros(cents)} for ${orderId}, over 10 €`,
      rejectMessage: 'The refund was refused.',
      expiresInMs: 86_400_000,
    },
    idempotent: false, // a second call would refund again
    timeoutMs: 10_000,
    execute: ({ orderId, cents }, { runId }) => refund(sql, { orderId, cents, runId }),
  })
}

async function refund(
  sql: Sql,
  { orderId, cents, runId }: { orderId: string; cents: number; runId: string },
): Promise<z.infer<typeof refundSchema>> {
  return sql.begin(async (transaction) => {
    // Lock first, in a statement of its own: only a later statement sees refunds of an earlier lock holder.
    const [order] = await transaction`
      select id from orders.orders where number = ${orderId} for update`
    if (!order) throw new Error(`There is no order ${orderId}.`)
    const id = Number(order['id'])
    const [sums] = await transaction`
      select
        (select coalesce(sum(quantity * unit_cents), 0)::int
          from orders.order_items where order_id = ${id})
        - (select coalesce(sum(cents), 0)::int from orders.refunds where order_id = ${id}) as left`
    const leftCents = Number(sums?.['left']) - cents
    if (leftCents < 0) {
      throw new Error(`Only ${toEuros(leftCents + cents)} of ${orderId} can still be refunded.`)
    }
    await transaction`insert into orders.refunds (order_id, cents, run_id)
      values (${id}, ${cents}, ${runId})`
    return { orderId, refundedCents: cents, leftCents }
  })
}

/** Writes cents as euros: `12.50 €`. */
export function toEuros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`
}
