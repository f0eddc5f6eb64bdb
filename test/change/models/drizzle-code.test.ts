import { beforeAll, describe, expect, it } from 'vitest'
import { editDrizzle } from '../../../src/change/models/drizzle/edit-drizzle.ts'
import { openDrizzle } from '../../support/drizzle-kit.ts'
import { withPostgres } from '../../support/postgres.ts'
import { describeStructure } from './describe-structure.ts'
import { drizzleText } from './drizzle-project.ts'
import { differingLines, migrateModels } from './migrate-models.ts'
import { blogPostColumns } from './blog-post-columns.ts'

const isLong = process.env['MODEL_SEEDS'] !== undefined

describe('the code of models of Drizzle', () => {
  const { createDatabase } = withPostgres(18)
  let drizzle: Awaited<ReturnType<typeof openDrizzle>>
  const edited: string[] = []

  beforeAll(async () => {
    drizzle = await openDrizzle()
  }, 120_000)

  /** Creates the tables that drizzle-kit makes of a text. */
  async function create(text: string) {
    const { sql, url } = await createDatabase({ max: 1 })
    await sql.unsafe(await drizzle.print(text))
    return { sql, url }
  }

  async function change(...changes: object[]) {
    const { sql, url } = await create(drizzleText)
    const result = await migrateModels(sql, { text: drizzleText, changes, edit: editDrizzle })
    const declared = await create(result.text)
    expect(await describeStructure(declared.sql)).toEqual(await describeStructure(sql))
    // drizzle-kit makes some constraints again in a database of its own too
    const [pushed, again] = isLong
      ? [await drizzle.push(result.text, url), await drizzle.push(result.text, declared.url)]
      : [[], []]
    expect(pushed).toEqual(again)
    edited.push(result.text)
    return { ...result, ...differingLines(drizzleText, result.text) }
  }

  it('declares what the database has after new tables, columns, keys and constraints', async () => {
    const result = await change(
      {
        op: 'create_table',
        table: 'blog_posts',
        columns: blogPostColumns,
        primary_key: ['id'],
      },
      {
        op: 'add_foreign_key',
        table: 'blog_posts',
        columns: ['author_id'],
        target: { table: 'users', columns: ['id'] },
        on_delete: 'SET NULL',
      },
      {
        op: 'add_foreign_key',
        table: 'blog_posts',
        columns: ['author_id'],
        target: { table: 'users', columns: ['id'] },
        name: 'blog_posts_author_id_users_id_fk',
        on_update: 'CASCADE',
      },
      {
        op: 'add_foreign_key',
        table: 'blog_posts',
        columns: ['id'],
        target: { table: 'blog_posts', columns: ['id'] },
        name: 'own',
      },
      { op: 'add_column', table: 'users', column: { name: 'last_post', type: 'bigint' } },
      {
        op: 'add_foreign_key',
        table: 'users',
        columns: ['last_post'],
        target: { table: 'blog_posts', columns: ['id'] },
      },
      { op: 'add_column', table: 'orders', column: { name: 'phone', type: 'varchar(40)' } },
      {
        op: 'add_column',
        schema: 'shop',
        table: 'seats',
        column: { name: 'free', type: 'boolean' },
      },
      { op: 'add_index', table: 'blog_posts', columns: ['title', 'made'] },
      { op: 'add_index', table: 'blog_posts', columns: ['title'], unique: true, name: 'one_title' },
      { op: 'add_unique', table: 'users', columns: ['email', 'name'] },
      { op: 'add_unique', table: 'users', columns: ['nick_name'] },
      {
        op: 'add_check',
        table: 'blog_posts',
        name: 'known',
        check: { kind: 'compare', column: 'small', operator: '>', value: -7 },
      },
      {
        op: 'create_table',
        schema: 'shop',
        table: 'rows',
        columns: [
          { name: 'line', type: 'integer' },
          { name: 'place', type: 'integer' },
        ],
        primary_key: ['line', 'place'],
      },
    )
    expect(result.notes).toEqual([])
  })

  it('declares what the database has after columns are changed, renamed and dropped', async () => {
    const result = await change(
      { op: 'alter_column', table: 'users', column: 'email', type: 'text' },
      {
        op: 'alter_column',
        table: 'users',
        column: 'nick_name',
        nullable: false,
        default: { kind: 'value', value: 'x' },
      },
      { op: 'alter_column', table: 'users', column: 'created_at', nullable: true },
      { op: 'alter_column', table: 'users', column: 'mood', default: null },
      { op: 'alter_column', table: 'orders', column: 'customer_id', nullable: true },
      { op: 'alter_column', schema: 'shop', table: 'seats', column: 'row', type: 'bigint' },
      { op: 'alter_column', table: 'users', column: 'created_at', default: null },
      { op: 'rename_column', table: 'users', column: 'email', to: 'mail' },
      { op: 'rename_column', table: 'users', column: 'id', to: 'number' },
      { op: 'rename_column', table: 'orders', column: 'customer_id', to: 'buyer' },
      { op: 'rename_column', table: 'orders', column: 'id', to: 'nr' },
      { op: 'drop_index', table: 'orders', name: 'orders_pair' },
      { op: 'drop_column', table: 'orders', column: 'note' },
      { op: 'drop_column', table: 'orders', column: 'is_paid' },
      { op: 'drop_constraint', table: 'orders', name: 'orders_payer' },
      { op: 'drop_constraint', table: 'orders', name: 'orders_count' },
      { op: 'drop_column', schema: 'shop', table: 'seats', column: 'place' },
    )
    expect(result.notes).toMatchInlineSnapshot(`
      [
        "users.email keeps its name in the code; its column is mail",
        "users.id keeps its name in the code; its column is number",
        "orders.customerId keeps its name in the code; its column is buyer",
        "orders.id keeps its name in the code; its column is nr",
      ]
    `)
    expect({ added: result.added, removed: result.removed }).toMatchInlineSnapshot(`
      {
        "added": [
          "  bigint,",
          "  id: serial('number').primaryKey(),",
          "  email: text('mail').notNull().unique('users_email_unique'), // used to sign in",
          "  nickName: text('nick_name').default('x').notNull(),",
          "  mood: mood('mood').notNull(),",
          "  createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }),",
          "    id: integer('nr').primaryKey().generatedAlwaysAsIdentity({ name: 'orders_id_seq' }),",
          "    customerId: integer('buyer'),",
          "    unique('orders_customer_id_payer_id_unique').on(table.customerId, table.payerId),",
          "    foreignKey({ columns: [table.customerId], foreignColumns: [users.id], name: 'orders_customer_id_users_id_fk' }),",
          "  orderId: integer('order_id').notNull(),",
          "}, (t) => [primaryKey({ columns: [t.word, t.orderId] }), foreignKey({ columns: [t.orderId], foreignColumns: [orders.id], name: 'tags_order_id_orders_id_fk' }).onDelete('cascade')])",
          "export const seats = shop.table('seats', { row: bigint('row', { mode: 'number' }) })",
        ],
        "removed": [
          "  id: serial('id').primaryKey(),",
          "  email: varchar('email', { length: 80 }).notNull().unique(), // used to sign in",
          "  nickName: text('nick_name'),",
          "  mood: mood('mood').notNull().default('new'),",
          "  createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' })",
          "    .notNull()",
          "    .defaultNow(),",
          "    id: integer().primaryKey().generatedAlwaysAsIdentity(),",
          "    customerId: integer('customer_id').notNull().references(() => users.id),",
          "    note: text(),",
          "    isPaid: boolean('is_paid').default(false)",
          "    uniqueIndex('orders_pair').on(table.note, table.count),",
          "    unique().on(table.customerId, table.payerId),",
          "    foreignKey({ columns: [table.payerId], foreignColumns: [users.id], name: 'orders_payer' }).onDelete('set null'),",
          "    check('orders_count', sql\`\${table.count} > 0\`),",
          "  orderId: integer('order_id').notNull().references(() => orders.id, { onDelete: 'cascade' }),",
          "}, (t) => [primaryKey({ columns: [t.word, t.orderId] })])",
          "export const seats = shop.table('seats', { place: integer('place').notNull(), row: integer('row') })",
        ],
      }
    `)
  })

  it('declares what the database has after tables are renamed and dropped', async () => {
    const result = await change(
      { op: 'drop_table', table: 'tags' },
      { op: 'rename_table', table: 'users', to: 'people' },
      { op: 'rename_table', table: 'orders', to: 'sales' },
      { op: 'drop_table', schema: 'shop', table: 'seats' },
    )
    expect(result.notes).toMatchInlineSnapshot(`
      [
        "users keeps its name in the code; its table is people",
        "orders keeps its name in the code; its table is sales",
      ]
    `)
    expect({ added: result.added, removed: result.removed }).toMatchInlineSnapshot(`
      {
        "added": [
          "export const users = pgTable('people', {",
          "  email: varchar('email', { length: 80 }).notNull().unique('users_email_unique'), // used to sign in",
          "  'sales',",
          "    id: integer().primaryKey().generatedAlwaysAsIdentity({ name: 'orders_id_seq' }),",
          "    customerId: integer('customer_id').notNull(),",
          "    unique('orders_customer_id_payer_id_unique').on(table.customerId, table.payerId),",
          "    foreignKey({ columns: [table.customerId], foreignColumns: [users.id], name: 'orders_customer_id_users_id_fk' }),",
        ],
        "removed": [
          "export const users = pgTable('users', {",
          "  email: varchar('email', { length: 80 }).notNull().unique(), // used to sign in",
          "  'orders',",
          "    id: integer().primaryKey().generatedAlwaysAsIdentity(),",
          "    customerId: integer('customer_id').notNull().references(() => users.id),",
          "    unique().on(table.customerId, table.payerId),",
          "/* Words",
          "   about an order */",
          "export const tags = pgTable('tags', {",
          "  word: text('word').notNull(),",
          "  orderId: integer('order_id').notNull().references(() => orders.id, { onDelete: 'cascade' }),",
          "}, (t) => [primaryKey({ columns: [t.word, t.orderId] })])",
          "export const tagsRelations = relations(tags, ({ one }) => ({",
          "  order: one(orders, { fields: [tags.orderId], references: [orders.id] }),",
          "}))",
          "export const seats = shop.table('seats', { place: integer('place').notNull(), row: integer('row') })",
        ],
      }
    `)
  })

  it('compiles after all of these changes', async () => {
    expect(edited).toHaveLength(3)
    expect(await drizzle.check([drizzleText, ...edited])).toEqual([])
  }, 60_000)
})
