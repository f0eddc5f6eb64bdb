import { describe, expect, it } from 'vitest'
import { editPrisma } from '../../../src/change/models/prisma/edit-prisma.ts'
import { withPostgres } from '../../support/postgres.ts'
import { printWithPrisma } from '../../support/schema-tools.ts'
import { describeTables, differingLines, migrateModels } from './migrate-models.ts'
import { prismaText } from './prisma-project.ts'
import { blogPostColumns } from './blog-post-columns.ts'

describe('the code of models of Prisma', () => {
  const { createDatabase } = withPostgres(18)

  /** Creates the tables that Prisma makes of a text. */
  async function create(text: string) {
    const { sql, url } = await createDatabase({ max: 1 })
    await sql.unsafe(await printWithPrisma(text, url))
    return sql
  }

  async function change(...changes: object[]) {
    const sql = await create(prismaText)
    const result = await migrateModels(sql, { text: prismaText, changes, edit: editPrisma })
    const [migrated, declared] = await Promise.all(
      [sql, await create(result.text)].map((each) => describeTables(each)),
    )
    expect(declared).toEqual(migrated)
    return { ...result, ...differingLines(prismaText, result.text) }
  }

  it('declares what the database has after new tables, columns, keys and relations', async () => {
    const result = await change(
      {
        op: 'create_table',
        table: 'blog_posts',
        columns: [...blogPostColumns, { name: 'raw', type: 'bytea' }],
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
        columns: ['id'],
        target: { table: 'blog_posts', columns: ['id'] },
        name: 'own',
      },
      { op: 'add_column', table: 'users', column: { name: 'last_seen', type: 'timestamptz' } },
      { op: 'add_index', table: 'blog_posts', columns: ['title', 'made'] },
      { op: 'add_index', table: 'blog_posts', columns: ['title'], unique: true, name: 'one_title' },
      { op: 'add_unique', table: 'users', columns: ['email', 'name'] },
      {
        op: 'create_table',
        table: 'seats',
        columns: [
          { name: 'line', type: 'integer' },
          { name: 'place', type: 'integer' },
        ],
        primary_key: ['line', 'place'],
      },
    )
    expect(result.notes).toEqual([])
    expect(result.removed).toEqual([])
  })

  it('declares what the database has after columns are changed, renamed and dropped', async () => {
    const result = await change(
      { op: 'alter_column', table: 'users', column: 'name', type: 'varchar(200)' },
      {
        op: 'alter_column',
        table: 'users',
        column: 'nick_name',
        nullable: false,
        default: { kind: 'value', value: 'x' },
      },
      { op: 'alter_column', table: 'users', column: 'mood', default: null },
      { op: 'alter_column', table: 'orders', column: 'customer_id', nullable: true },
      { op: 'alter_column', table: 'orders', column: 'count', type: 'bigint' },
      { op: 'rename_column', table: 'users', column: 'email', to: 'mail' },
      { op: 'rename_column', table: 'orders', column: 'customer_id', to: 'buyer' },
      { op: 'drop_index', table: 'orders', name: 'orders_note_count_key' },
      { op: 'drop_column', table: 'orders', column: 'note' },
      { op: 'drop_index', table: 'users', name: 'by_name' },
    )
    expect(result.notes).toEqual([
      'User.email keeps its name in the code; its column is mail',
      'Order.customerId keeps its name in the code; its column is buyer',
    ])
    expect({ added: result.added, removed: result.removed }).toMatchInlineSnapshot(`
      {
        "added": [
          "  email    String  @unique(map: "users_email_key") @map("mail") // used to sign in",
          "  name     String? @db.VarChar(200)",
          "  nickName String @map("nick_name") @default("x")",
          "  mood     Mood",
          "  count   BigInt  @default(1)   // not aligned",
          "  customerId Int?    @map("buyer")",
          "  customer   User?   @relation(fields: [customerId], references: [id], onDelete: Restrict, map: "orders_customer_id_fkey")",
          "  @@index([customerId], map: "orders_customer_id_idx")",
        ],
        "removed": [
          "  email    String  @unique // used to sign in",
          "  name     String? @db.VarChar(80)",
          "  nickName String? @map("nick_name")",
          "  mood     Mood    @default(NEW)",
          "  @@index([name], map: "by_name")",
          "  count   Int  @default(1)   // not aligned",
          "  customerId Int    @map("customer_id")",
          "  note       String",
          "  customer   User   @relation(fields: [customerId], references: [id])",
          "  @@index([customerId])",
          "  @@unique([note, count])",
        ],
      }
    `)
  })

  it('declares what the database has after tables are renamed and dropped, and relations with them', async () => {
    const result = await change(
      { op: 'drop_table', table: 'tags' },
      { op: 'rename_table', table: 'users', to: 'people' },
      { op: 'drop_constraint', table: 'orders', name: 'orders_second_id_fkey' },
      { op: 'rename_table', table: 'orders', to: 'sales' },
      {
        op: 'add_check',
        table: 'sales',
        name: 'positive',
        check: { kind: 'compare', column: 'count', operator: '>', value: 0 },
      },
    )
    expect(result.notes).toEqual([
      'the model User keeps its name in the code; its table is people',
      'the model Order keeps its name in the code; its table is sales',
      'add_check of public.sales is not in the code of the models: Prisma has no checks',
    ])
    expect({ added: result.added, removed: result.removed }).toMatchInlineSnapshot(`
      {
        "added": [
          "  id       Int     @id(map: "users_pkey") @default(autoincrement())",
          "  email    String  @unique(map: "users_email_key") // used to sign in",
          "  @@map("people")",
          "  id         Int    @id(map: "orders_pkey")",
          "  customer   User   @relation(fields: [customerId], references: [id], map: "orders_customer_id_fkey")",
          "  @@index([customerId], map: "orders_customer_id_idx")",
          "  @@unique([note, count], map: "orders_note_count_key")",
          "  @@map("sales")",
        ],
        "removed": [
          "  id       Int     @id @default(autoincrement())",
          "  email    String  @unique // used to sign in",
          "  seconds Order[] @relation("second")",
          "  @@map("users")",
          "  id         Int    @id",
          "  customer   User   @relation(fields: [customerId], references: [id])",
          "  second     User?  @relation("second", fields: [secondId], references: [id], onDelete: Cascade)",
          "  tags       Tag[]",
          "  @@index([customerId])",
          "  @@unique([note, count])",
          "  @@map("orders")",
          "/// A word",
          "/// about an order",
          "model Tag {",
          "  word    String @id",
          "  orderId Int    @map("order_id")",
          "  order   Order  @relation(fields: [orderId], references: [id])",
          "  @@map("tags")",
        ],
      }
    `)
  })
})
