/** Tables with comments, keys of several kinds and an order of their own. */
export const drizzleText = `// The shop. Nothing here is sorted.
import { relations, sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgSchema,
  pgTable,
  primaryKey,
  serial,
  text,
  timestamp,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core'

export const mood = pgEnum('mood', ['new', 'old'])

/** A person */
export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  email: varchar('email', { length: 80 }).notNull().unique(), // used to sign in
  name:   text("name"),
  nickName: text('nick_name'),
  mood: mood('mood').notNull().default('new'),
  createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' })
    .notNull()
    .defaultNow(),
})

export const usersRelations = relations(users, ({ many }) => ({ orders: many(orders) }))

export const orders = pgTable(
  'orders',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    count: integer().default(1).notNull(),   // not aligned
    customerId: integer('customer_id').notNull().references(() => users.id),
    // whoever pays
    payerId: integer('payer_id'),
    note: text(),
    isPaid: boolean('is_paid').default(false)
  },
  (table) => [
    index('orders_customer').on(table.customerId), // to find them
    uniqueIndex('orders_pair').on(table.note, table.count),
    unique().on(table.customerId, table.payerId),
    foreignKey({ columns: [table.payerId], foreignColumns: [users.id], name: 'orders_payer' }).onDelete('set null'),
    check('orders_count', sql\`\${table.count} > 0\`),
  ],
)

/* Words
   about an order */
export const tags = pgTable('tags', {
  word: text('word').notNull(),
  orderId: integer('order_id').notNull().references(() => orders.id, { onDelete: 'cascade' }),
}, (t) => [primaryKey({ columns: [t.word, t.orderId] })])

export const tagsRelations = relations(tags, ({ one }) => ({
  order: one(orders, { fields: [tags.orderId], references: [orders.id] }),
}))

export const shop = pgSchema('shop')

export const seats = shop.table('seats', { place: integer('place').notNull(), row: integer('row') })
`
