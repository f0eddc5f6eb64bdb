import type { Sql } from 'postgres'
import { z } from 'zod'

/** An order as tools and the API show it. Amounts are in euro cents. */
export const orderSchema = z.object({
  orderId: z.string(),
  status: z.enum(['open', 'blocked', 'shipped', 'delivered']),
  /** The reason why an order is blocked; null for other orders. */
  waitingFor: z.string().nullable(),
  customer: z.string(),
  /** The columns of the customer that `order-view.json` names besides the name; null where there is no such column. */
  customerDetails: z.record(z.string(), z.json()).optional(),
  placedAt: z.string(),
  items: z.array(
    z.object({ description: z.string(), quantity: z.int(), unitCents: z.int().nonnegative() }),
  ),
  totalCents: z.int(),
  refundedCents: z.int(),
})
/** An order as tools and the API show it. */
export type Order = z.infer<typeof orderSchema>

/** Reads at most 100 orders, newest first, or the one with this number. `view` names the columns of the customer to show. */
export async function readOrders(
  sql: Sql,
  { number = null, view = [] }: { number?: string | null; view?: readonly string[] } = {},
): Promise<Order[]> {
  const rows = await sql`
    select o.number as "orderId", o.status, o.waiting_for as "waitingFor", c.name as customer, to_jsonb(c) as row,
      to_char(o.placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "placedAt",
      (select coalesce(sum(quantity * unit_cents), 0)::int
        from orders.order_items where order_id = o.id) as "totalCents",
      (select coalesce(sum(cents), 0)::int
        from orders.refunds where order_id = o.id) as "refundedCents",
      (select coalesce(json_agg(json_build_object('description', description, 'quantity', quantity,
          'unitCents', unit_cents) order by line), '[]')
        from orders.order_items where order_id = o.id) as items
    from orders.orders o join accounts.customers c on c.id = o.customer_id
    where ${number}::text is null or o.number = ${number}
    order by o.placed_at desc limit 100`
  return rows.map(({ row, ...order }) => orderSchema.parse({ ...order, ...toDetails(row, view) }))
}

function toDetails(row: Record<string, unknown>, view: readonly string[]) {
  const names = view.filter((name) => name !== 'name')
  if (names.length === 0) return {}
  return { customerDetails: Object.fromEntries(names.map((name) => [name, row[name] ?? null])) }
}
