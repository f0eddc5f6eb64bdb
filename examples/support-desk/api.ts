import { Hono } from 'hono'
import type { Sql } from 'postgres'
import { readOrders } from './orders.ts'

/** Makes the API of the support desk, whose routes Studio lists. `readView` says which columns of a customer an order shows. */
export function createApi(sql: Sql, readView: () => Promise<readonly string[]>): Hono {
  return new Hono()
    .basePath('/api')
    .get('/customers', async (context) =>
      context.json(
        await sql`select id, name, country from accounts.customers order by id limit 100`,
      ),
    )
    .get('/orders', async (context) =>
      context.json(await readOrders(sql, { view: await readView() })),
    )
    .get('/orders/:number', async (context) => {
      const number = context.req.param('number')
      const [order] = await readOrders(sql, { number, view: await readView() })
      return order ? context.json(order) : context.json({ error: 'No such order' }, 404)
    })
}
