import type { Sql } from 'postgres'

const customers = [
  { name: 'Ada Lovelace', email: 'ada@example.com', country: 'GB' },
  { name: 'Grace Hopper', email: 'grace@example.com', country: 'US' },
  { name: 'Kateryna Yushchenko', email: 'kateryna@example.com', country: 'UA' },
]

const staff = [
  { name: 'Sam Field', email: 'sam@example.com', may_refund: false },
  { name: 'Ines Duarte', email: 'ines@example.com', may_refund: true },
]

interface SeedOrder {
  readonly number: string
  readonly email: string
  readonly status: 'open' | 'blocked' | 'shipped' | 'delivered'
  readonly waitingFor?: string
  readonly placedAt: string
  readonly items: readonly (readonly [description: string, quantity: number, unitCents: number])[]
}

const orders: readonly SeedOrder[] = [
  {
    number: 'ORD-1001',
    email: 'ada@example.com',
    status: 'blocked',
    waitingFor: 'allocation',
    placedAt: '2026-11-16T09:12:00Z',
    items: [
      ['Standing desk', 1, 42_900],
      ['Desk lamp', 2, 3_450],
    ],
  },
  {
    number: 'ORD-1002',
    email: 'grace@example.com',
    status: 'shipped',
    placedAt: '2026-11-12T15:40:00Z',
    items: [['Office chair', 1, 18_900]],
  },
  {
    number: 'ORD-1003',
    email: 'grace@example.com',
    status: 'delivered',
    placedAt: '2026-10-30T07:05:00Z',
    items: [
      ['Monitor arm', 2, 7_900],
      ['Cable tray', 1, 2_400],
    ],
  },
  {
    number: 'ORD-1004',
    email: 'kateryna@example.com',
    status: 'open',
    placedAt: '2026-11-21T18:22:00Z',
    items: [['Notebook', 5, 450]],
  },
]

/** Adds a few customers, staff and orders. Existing rows stay unchanged. */
export async function seed(sql: Sql): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`insert into accounts.customers ${transaction(customers)} on conflict do nothing`
    await transaction`insert into accounts.staff ${transaction(staff)} on conflict do nothing`
    for (const { number, email, status, waitingFor = null, placedAt, items } of orders) {
      const [order] = await transaction`
        insert into orders.orders (number, customer_id, status, waiting_for, placed_at)
        select ${number}, id, ${status}, ${waitingFor}, ${placedAt}
        from accounts.customers where email = ${email}
        on conflict do nothing returning id`
      if (!order) continue
      const lines = items.map(([description, quantity, unit_cents], index) => ({
        order_id: Number(order['id']),
        line: index + 1,
        description,
        quantity,
        unit_cents,
      }))
      await transaction`insert into orders.order_items ${transaction(lines)}`
    }
  })
}
