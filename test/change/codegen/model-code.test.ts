import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { maxFileBytes } from '../../../src/change/workspace.ts'
import { addPhone, createCodegenStudio, createShop } from '../../support/codegen.ts'
import { withPostgres } from '../../support/postgres.ts'
import { storeKinds } from '../../support/stores.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
const file = 'prisma/schema.prisma'
const models = { shop: { kind: 'prisma', file } } as const
const changes = { approve: 'never', models } as const
const write = ['db/**', 'prisma/*.prisma']

const schema = `// the shop
datasource db {
  provider = "postgresql"
  schemas  = ["shop"]
}

model Order {
  id     BigInt  @id
  note   String?
  amount Decimal @db.Decimal(10, 2) // in euros

  @@map("orders")
  @@schema("shop")
}
`
const withPhone = schema.replace('// in euros\n', '// in euros\n  phone  String? @db.VarChar(40)\n')

let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 3 })).sql
  folder = await createFolder({ [file]: schema })
  await createShop(sql, folder)
})

describe.each(storeKinds)('the code of models with stores in $name', (store) => {
  it('changes in the change set of the migration, and is applied and taken back with it', async () => {
    const studio = await createCodegenStudio(folder, sql, { store, write, changes })
    const { body } = await studio.change(addPhone)
    expect(body).toMatchObject({
      files: { [file]: withPhone, 'db/shop/0002_add_phone_to_orders.sql': expect.any(String) },
    })
    const shown = await studio.propose(addPhone)
    expect(await folder.read(file)).toBe(schema)
    expect(await studio.apply(shown)).toMatchObject({ status: 200, body: { status: 'applied' } })
    expect(await folder.read(file)).toBe(withPhone)
    expect(await studio.rollBack(shown)).toMatchObject({ status: 200 })
    expect(await folder.read(file)).toBe(schema)
  })

  it('is not overwritten when it has changed since the preview', async () => {
    const studio = await createCodegenStudio(folder, sql, { store, write, changes })
    const shown = await studio.propose(addPhone)
    await folder.write(file, `${schema}// mine\n`)
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'changed_since_preview', files: [file] } } },
    })
    expect(await folder.read(file)).toBe(`${schema}// mine\n`)
  })
})

describe('the code of models', () => {
  it('is left alone with a note where a change cannot be written', async () => {
    const studio = await createCodegenStudio(folder, sql, { write, changes })
    const onCustomers = { ...addPhone, table: 'customers' }
    const { body } = await studio.change(onCustomers, addPhone)
    expect(body).toMatchObject({
      files: { [file]: withPhone },
      notes: expect.arrayContaining([
        `${file}: add_column of shop.customers is not in the code of the models: no model of the file is the table shop.customers`,
      ]),
    })
  })

  it.each([
    {
      kind: 'drizzle',
      before: `import { bigint, pgSchema, text } from 'drizzle-orm/pg-core'
export const shop = pgSchema('shop')
export const orders = shop.table('orders', {
  id: bigint({ mode: 'bigint' }).primaryKey(), // a number
  note: text(),
})
`,
      after: `import { bigint, pgSchema, text, varchar } from 'drizzle-orm/pg-core'
export const shop = pgSchema('shop')
export const orders = shop.table('orders', {
  id: bigint({ mode: 'bigint' }).primaryKey(), // a number
  note: text(),
  phone: varchar({ length: 40 }),
})
`,
    },
    {
      kind: 'zod',
      before:
        "import { z } from 'zod'\nexport const Order = z.object({ id: z.bigint() }) // sold\n",
      after:
        "import { z } from 'zod'\nexport const Order = z.object({ id: z.bigint(), phone: z.string().max(40).nullable() }) // sold\n",
    },
  ] as const)('of $kind changes in the change set of the migration', async ({ kind, ...texts }) => {
    await folder.write('prisma/models.prisma', texts.before)
    const code = { kind, file: 'prisma/models.prisma' }
    const given = { approve: 'never', models: { shop: code } } as const
    const studio = await createCodegenStudio(folder, sql, { write, changes: given })
    const shown = await studio.propose(addPhone)
    expect(await studio.apply(shown)).toMatchObject({ status: 200, body: { status: 'applied' } })
    expect(await folder.read(code.file)).toBe(texts.after)
    expect(await studio.rollBack(shown)).toMatchObject({ status: 200 })
    expect(await folder.read(code.file)).toBe(texts.before)
  })

  it('is no part of the change set where nothing of it changes', async () => {
    await folder.write(file, schema.replace('model Order', 'model /* x */ Order'))
    const studio = await createCodegenStudio(folder, sql, { write, changes })
    const { status, body } = await studio.change(addPhone)
    expect(status).toBe(200)
    expect(Object.keys((body as { files: object }).files)).toEqual([
      'db/shop/0002_add_phone_to_orders.sql',
    ])
    expect(body).toMatchObject({
      notes: expect.arrayContaining([expect.stringContaining('comment over several lines')]),
    })
  })

  it('answers 422 when the file may not be written or is too large, and stores nothing', async () => {
    const refused = (reason: string) => ({
      status: 422,
      body: { error: { details: { reason } } },
    })
    const closed = await createCodegenStudio(folder, sql, { changes })
    expect(await closed.change(addPhone)).toMatchObject(refused('not_writable'))
    const studio = await createCodegenStudio(folder, sql, { write, changes })
    await folder.write(file, schema + '/'.repeat(maxFileBytes - schema.length))
    expect(await studio.change(addPhone)).toMatchObject(refused('too_large'))
    await folder.write(file, 'x'.repeat(maxFileBytes + 1))
    expect(await studio.change(addPhone)).toMatchObject(refused('not_writable'))
    expect(await studio.get('/ai/changes')).toMatchObject({ body: { changes: [] } })
  })

  it.each<[string, object]>([
    ['an unknown kind', { shop: { kind: 'sequelize', file } }],
    ['a path that leaves the workspace', { shop: { kind: 'prisma', file: '../schema.prisma' } }],
    ['no path', { shop: { kind: 'prisma' } }],
    ['an unknown key', { shop: { kind: 'prisma', file, path: file } }],
    ['an unknown app', { shops: { kind: 'prisma', file } }],
    ['an app without migrations', { plain: { kind: 'prisma', file } }],
  ])('is a TypeError with %s', async (_name, wrong) => {
    const given = { models: wrong } as { models: typeof models }
    await expect(createCodegenStudio(folder, sql, { changes: given })).rejects.toThrow(
      /TypeError|changes\.models/,
    )
  })
})
