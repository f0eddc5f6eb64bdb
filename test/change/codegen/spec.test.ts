import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCodegenStudio, createShop } from '../../support/codegen.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createFolder, openTestFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeAll(async () => {
  sql = (await createDatabase({ max: 3 })).sql
  folder = await openTestFolder()
  await createShop(sql, folder)
})

const field = (name: string, type: string, rest: object = {}) => ({ name, type, ...rest })
const spec = (fields: object[], rest: object = {}) => ({
  target: 'model',
  model_spec: { app_label: 'shop', name: 'Shelf', fields, ...rest },
})
const plain = [field('code', 'string', { max_length: 8 })]

describe('POST /ai/codegen/preview in the form of the protocol', () => {
  it('answers with the migration of a table that PostgreSQL accepts', async () => {
    const { preview } = await createCodegenStudio(folder, sql)
    const { status, body } = await preview({
      ...spec([
        field('code', 'string', { max_length: 8, unique: true, default: 'a' }),
        field('about', 'text', { required: false }),
        field('places', 'integer', { default: 3 }),
        field('is_open', 'boolean', { default: false }),
        field('made', 'datetime', { default: 'now' }),
        field('number', 'uuid'),
        field('price', 'decimal'),
        field('mail', 'email'),
        field('site', 'url'),
        field('extra', 'json', { help_text: "it's" }),
        field('owner', 'fk', { fk_model: 'Customer' }),
        field('parent', 'fk', { fk_model: 'Shelf', required: false, unique: true }),
        field('orders', 'm2m', { fk_model: 'shop.Order' }),
        field('near', 'm2m', { fk_model: 'Shelf' }),
      ]),
      target: 'MODEL',
      extra_options: { a: 1 },
    })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        files: { 'db/shop/0002_create_shop_shelf.sql': expect.any(String) },
        notes: expect.arrayContaining([
          expect.stringContaining('Python'),
          expect.stringContaining('help_text'),
          expect.stringContaining('extra_options'),
        ]),
        change_set: { kind: 'codegen', migration: { reversible: true } },
      },
    })
    const { files } = body as { files: Record<string, string> }
    const [text = ''] = Object.values(files)
    const copy = (await createDatabase({ max: 1 })).sql
    await createShop(copy, await createFolder())
    await copy.unsafe(text)
    const columns = await copy`select column_name::text as name, data_type::text as type,
      is_nullable::text as nullable from information_schema.columns
      where table_name = 'shop_shelf' order by ordinal_position`
    expect(columns.map(({ name, type, nullable }) => `${name} ${type} ${nullable}`)).toEqual([
      'id uuid NO',
      'code character varying NO',
      'about text YES',
      'places integer NO',
      'is_open boolean NO',
      'made timestamp with time zone NO',
      'number uuid NO',
      'price numeric NO',
      'mail character varying NO',
      'site text NO',
      'extra jsonb NO',
      'owner_id integer NO',
      'parent_id uuid YES',
    ])
    const junctions = await copy`select conrelid::regclass::text as name, count(*)::int as keys
      from pg_constraint where contype = 'f' and conrelid::regclass::text like 'shop_shelf_%' group by 1 order by 1`
    expect(junctions.map((row) => ({ ...row }))).toEqual([
      { name: 'shop_shelf_near', keys: 2 },
      { name: 'shop_shelf_orders', keys: 2 },
    ])
  })

  it('answers equally to the targets model and migration', async () => {
    const { preview } = await createCodegenStudio(folder, sql)
    const model = await preview({ ...spec(plain), target: 'model' })
    const migration = await preview({ ...spec(plain), target: 'migration' })
    expect(model).toMatchObject({ status: 200 })
    const { files } = model.body as { files: object }
    expect(migration.body).toMatchObject({ files })
  })

  it('takes a model without fields, and the label `app` for the only app', async () => {
    const { preview } = await createCodegenStudio(folder, sql)
    const model_spec = { name: 'Empty', fields: [] }
    expect(await preview({ target: 'model', model_spec })).toMatchObject({
      status: 200,
      body: { change_set: { migration: { app: 'shop' } } },
    })
  })

  it.each(['viewset', 'serializer', 'app'])(
    'answers 400 in one sentence to the target %s, which is Python',
    async (target) => {
      const { preview } = await createCodegenStudio(folder, sql)
      expect(await preview({ ...spec(plain), target, app_name: 'x' })).toMatchObject({
        status: 400,
        body: {
          error: { message: expect.stringContaining('Python'), details: [{ path: 'target' }] },
        },
      })
    },
  )

  const at = (name: string) => `model_spec.fields.0.${name}`
  it.each<[string, object, string[]]>([
    ['an unknown target', { target: 'view' }, ['target']],
    ['no target', { target: null }, ['target']],
    ['no model', { target: 'model' }, ['model_spec']],
    ['a model without a name', spec(plain, { name: undefined }), ['model_spec.name']],
    ['a name with SQL', spec(plain, { name: 'A"; drop table x' }), ['model_spec.name']],
    ['a table with SQL', spec(plain, { table_name: 'a b' }), ['model_spec.table_name']],
    [
      'a table that exists',
      spec(plain, { table_name: 'aksara_migrations' }),
      ['model_spec.table_name', 'model_spec.table_name'],
    ],
    ['an unknown app', spec(plain, { app_label: '../x' }), ['model_spec.app_label']],
    ['an unknown key', spec(plain, { hacks: 1 }), ['model_spec.hacks']],
    ['an unknown type', spec([field('a', 'money')]), [at('type')]],
    ['a reserved word', spec([field('order', 'text')]), [at('name')]],
    ['two fields of one name', spec([...plain, ...plain]), ['model_spec.fields.1.name']],
    ['a length of a number', spec([field('a', 'integer', { max_length: 3 })]), [at('max_length')]],
    ['a length of nothing', spec([field('a', 'string', { max_length: 0 })]), [at('max_length')]],
    ['a default of another type', spec([field('a', 'integer', { default: 'x' })]), [at('default')]],
    ['a default of a date', spec([field('a', 'datetime', { default: 'x' })]), [at('default')]],
    [
      'a default of a relation',
      spec([field('a', 'fk', { fk_model: 'Order', default: 1 })]),
      [at('default')],
    ],
    ['a relation to nothing', spec([field('a', 'fk')]), [at('fk_model')]],
    ['a relation to no model', spec([field('a', 'fk', { fk_model: 'None' })]), [at('fk_model')]],
    [
      'a relation to a hidden model',
      spec([field('a', 'fk', { fk_model: 'Kept' })]),
      [at('fk_model')],
    ],
    ['a relation of a text', spec([field('a', 'text', { fk_model: 'Order' })]), [at('fk_model')]],
    [
      'a unique table',
      spec([field('a', 'm2m', { fk_model: 'Order', unique: true })]),
      [at('unique')],
    ],
  ])('answers 400 that names the fields at fault for %s', async (_what, given, paths) => {
    const { preview } = await createCodegenStudio(folder, sql)
    expect(await preview(given)).toMatchObject({
      status: 400,
      body: { error: { details: paths.map((path) => ({ path })) } },
    })
  })

  it('answers 400 for a model that needs more than 100 changes', async () => {
    const { preview } = await createCodegenStudio(folder, sql)
    const fields = Array.from({ length: 101 }, (_, index) =>
      field(`f${index}`, 'text', { unique: true }),
    )
    expect(await preview(spec(fields))).toMatchObject({ status: 400 })
  })
})
