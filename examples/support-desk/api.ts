import { Hono } from 'hono'
import type { Sql } from 'postgres'
import { readOrders } from './orders.ts'

/** Makes the API of the support desk, whose routes Studio lists. */
export function createApi(sql: Sql): Hono {
  return new Hono()
    .basePath('/api')
    .get('/customers', async (context) =>
      context.json(
        await sql`select id, name, country from accounts.customers order by id limit 100`,
      ),
    )
    .get('/orders', async (context) => context.json(await readOrders(sql)))
    .get('/orders/:number', async (context) => {
      const [order] = await readOrders(sql, context.req.param('number'))
      return order ? context.json(order) : context.json({ error: 'No such order' }, 404)
    })
}
