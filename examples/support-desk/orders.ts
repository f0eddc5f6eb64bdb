import type { Sql } from 'postgres'
import { z } from 'zod'

/** An order as tools and the API show it; amounts in cents of a euro. */
export const orderSchema = z.object({
  orderId: z.string(),
  status: z.enum(['open', 'blocked', 'shipped', 'delivered']),
  /** What a blocked order waits for; null for the others. */
  waitingFor: z.string().nullable(),
  customer: z.string(),
  placedAt: z.string(),
  items: z.array(
    z.object({ description: z.string(), quantity: z.int(), unitCents: z.int().nonnegative() }),
  ),
  totalCents: z.int(),
  refundedCents: z.int(),
})
/** An order as tools and the API show it. */
export type Order = z.infer<typeof orderSchema>

/** Reads orders, newest first; `number` asks for one of them. At most 100. */
export async function readOrders(sql: Sql, number: string | null = null): Promise<Order[]> {
  const rows = await sql`
    select o.number as "orderId", o.status, o.waiting_for as "waitingFor", c.name as customer,
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
  return z.array(orderSchema).parse(rows)
}
