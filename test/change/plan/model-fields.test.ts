import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { createShop } from '../../support/codegen.ts'
import { createPlanStudio, stepOf } from '../../support/plans.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 3 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

const columnsOf = async (table: string) =>
  Object.fromEntries(
    (
      await sql`select attname, format_type(atttypid, atttypmod) as type, attnotnull as required,
        pg_get_expr(adbin, adrelid) as value from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`
    ).map(({ attname, type, required, value }) => [attname, { type, required, value }]),
  )

/** Applies steps and their migration; resolves to the answer. */
async function applied(...steps: readonly ReturnType<typeof stepOf>[]) {
  const studio = await createPlanStudio(folder, sql)
  const ids = steps.map(({ id }) => id)
  const shown = await studio.propose([...steps, stepOf('z_run', 'run_migrations', {}, ...ids)])
  const answer = await studio.apply(shown)
  expect(answer).toMatchObject({
    status: 200,
    body: { success: true, stands: expect.arrayContaining([...ids, 'z_run']) },
  })
  return answer
}

describe('a step of a plan that changes the model', () => {
  it('create_model makes the table with its fields, and a later step may refer to it', async () => {
    await applied(
      stepOf('a_model', 'create_model', {
        model_spec: {
          app_label: 'shop',
          name: 'Shelf',
          fields: [
            { name: 'code', type: 'string', max_length: 8, unique: true },
            { name: 'owner', type: 'fk', fk_model: 'Customer', required: false },
          ],
        },
      }),
      stepOf(
        'b_field',
        'create_field',
        { model: 'Order', field: 'shelf', field_spec: { type: 'fk', fk_model: 'Shelf' } },
        'a_model',
      ),
    )
    const shelf = await columnsOf('public.shop_shelf')
    expect(Object.keys(shelf).toSorted()).toEqual(['code', 'id', 'owner_id'])
    expect(shelf['code']).toMatchObject({ type: 'character varying(8)', required: true })
    expect(shelf['owner_id']).toMatchObject({ type: 'integer', required: false })
    await sql`insert into shop.customers (name) values ('ada')`
    await sql`insert into public.shop_shelf (code, owner_id) values ('a', 1)`
    await expect(sql`insert into public.shop_shelf (code) values ('a')`).rejects.toThrow('unique')
    await expect(
      sql`insert into public.shop_shelf (code, owner_id) values ('b', 9)`,
    ).rejects.toThrow('foreign key')
    await sql`insert into shop.orders (customer, shelf_id) select 1, id from public.shop_shelf`
    await expect(
      sql`insert into shop.orders (customer, shelf_id) values (1, gen_random_uuid())`,
    ).rejects.toThrow('foreign key')
  })

  it('create_field adds the column with its type, default and key', async () => {
    await applied(
      stepOf('a', 'create_field', {
        model: 'shop.Order',
        field: 'phone',
        field_spec: { type: 'string', max_length: 40, unique: true },
      }),
      stepOf('b', 'create_field', {
        model: 'Order',
        field: 'places',
        field_spec: { type: 'integer', nullable: false, default: 3 },
      }),
    )
    const columns = await columnsOf('shop.orders')
    expect(columns['phone']).toEqual({
      type: 'character varying(40)',
      required: false,
      value: null,
    })
    expect(columns['places']).toEqual({ type: 'integer', required: true, value: '3' })
    await sql`insert into shop.customers (name) values ('ada')`
    await sql`insert into shop.orders (customer, phone) values (1, '7')`
    await expect(sql`insert into shop.orders (customer, phone) values (1, '7')`).rejects.toThrow(
      'unique',
    )
  })

  it('update_field changes what it names of the column, and leaves the rest', async () => {
    await sql`alter table shop.orders add column code varchar(10) default 'a'`
    const before = await columnsOf('shop.orders')
    await applied(
      stepOf('a', 'update_field', {
        model: 'Order',
        field: 'code',
        field_spec: { type: 'string', max_length: 500 },
      }),
      stepOf('b', 'update_field', {
        model: 'Customer',
        field: 'name',
        field_spec: { nullable: true, default: 'nobody' },
      }),
    )
    expect(await columnsOf('shop.orders')).toEqual({
      ...before,
      code: { ...before['code'], type: 'character varying(500)' },
    })
    expect((await columnsOf('shop.customers'))['name']).toMatchObject({
      type: 'text',
      required: false,
      value: expect.stringContaining("'nobody'"),
    })
  })
})
