import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineProject } from '../../../src/index.ts'
import { kyselyMigrations, sqlMigrations } from '../../../src/postgres.ts'
import { storeKinds } from '../../support/stores.ts'
import {
  addPhone,
  createCodegenStudio,
  createShop,
  record,
  shopProject,
} from '../../support/codegen.ts'
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

describe.each(storeKinds)('POST /ai/codegen/preview with stores in $name', (store) => {
  it('answers with the files of a migration and writes none of them', async () => {
    const { change } = await createCodegenStudio(folder, sql, { store })
    const before = await folder.tree()
    const { status, body } = await change(addPhone)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      files: {
        'db/shop/0002_add_phone_to_orders.sql': expect.stringContaining('ADD COLUMN phone'),
      },
      change_set: {
        kind: 'codegen',
        status: 'pending',
        destructive: [],
        migration: {
          app: 'shop',
          tool: 'sql',
          names: ['0002_add_phone_to_orders'],
          reversible: true,
          down: expect.stringContaining('DROP COLUMN phone'),
          statements: [
            {
              sql: 'ALTER TABLE shop.orders ADD COLUMN phone character varying(40);',
              lock: 'ACCESS EXCLUSIVE',
              rewrites: false,
              transaction: 'shared',
              note: null,
            },
          ],
        },
        proof: { ran: false, reason: expect.stringContaining('no shadow') },
      },
    })
    expect(await folder.tree()).toEqual(before)
  })

  it('writes what was shown, byte for byte, and takes it back', async () => {
    const studio = await createCodegenStudio(folder, sql, { store })
    const shown = await studio.propose(addPhone)
    expect(await studio.apply(shown)).toMatchObject({
      status: 200,
      body: { status: 'applied', migration: { names: ['0002_add_phone_to_orders'] } },
    })
    const path = 'db/shop/0002_add_phone_to_orders.sql'
    const { body } = await studio.get(`/ai/changes/${shown.id}`)
    expect(body).toMatchObject({ files: [{ path, content: await folder.read(path) }] })
    expect(await studio.rollBack(shown)).toMatchObject({ status: 200 })
    expect(Object.keys(await folder.tree())).not.toContain(path)
  })

  it('does not take a migration back that has run', async () => {
    const studio = await createCodegenStudio(folder, sql, { store })
    const shown = await studio.propose(addPhone)
    await studio.apply(shown)
    await sql.unsafe(await folder.read('db/shop/0002_add_phone_to_orders.sql'))
    await record(sql, '0002_add_phone_to_orders')
    expect(await studio.rollBack(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'migration_applied' } } },
    })
    expect(Object.keys(await folder.tree())).toContain('db/shop/0002_add_phone_to_orders.sql')
  })

  it('answers 409 to an apply after the database or the folder has changed', async () => {
    const studio = await createCodegenStudio(folder, sql, { store })
    const moved = (...changed: string[]) => ({
      status: 409,
      body: { error: { details: { reason: 'changed_since_preview', changed } } },
    })
    const first = await studio.propose(addPhone)
    await sql.unsafe('alter table shop.orders add check (amount >= 0)')
    expect(await studio.apply(first)).toMatchObject(moved('the structure of the database'))
    const second = await studio.propose(addPhone)
    await folder.write('db/shop/0000_earlier.sql', '-- depends:\nselect 1;')
    await record(sql, '0000_earlier')
    expect(await studio.apply(second)).toMatchObject(moved('the migrations'))
    expect(Object.keys(await folder.tree())).not.toContain('db/shop/0002_add_phone_to_orders.sql')
  })

  it('shows the statements that are written, for a tool that runs all of them in a transaction', async () => {
    await sql`create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`
    await sql`insert into kysely_migration values ('0001_start', '2026-01-01')`
    await folder.write('db/kysely/0001_start.ts', 'export async function up() {}\n')
    const project = shopProject(folder, {
      migrations: kyselyMigrations(`${folder.root}/db/kysely`),
    })
    const { change } = await createCodegenStudio(folder, sql, { store, project })
    const { body } = await change(addPhone, {
      op: 'add_index',
      schema: 'shop',
      table: 'orders',
      columns: ['phone'],
    })
    const { files, change_set } = body as {
      files: Record<string, string>
      change_set: { warnings: string[]; migration: { sql: string; down: string } }
    }
    const { migration } = change_set
    expect(migration).toMatchObject({
      statements: [
        { transaction: 'own', lock: 'ACCESS EXCLUSIVE' },
        { transaction: 'own', lock: 'SHARE', note: null },
      ],
    })
    const text = Object.values(files).join('\n')
    for (const sqlText of [migration.sql, migration.down]) {
      expect(sqlText).not.toContain('CONCURRENTLY')
      for (const line of sqlText
        .split('\n')
        .filter((one) => /^(ALTER|CREATE|DROP|SET)/.test(one))) {
        expect(text).toContain(line)
      }
    }
    expect(change_set.warnings.join()).not.toContain('invalid index')
  })

  it('tells what is lost, with the rows', async () => {
    await sql.unsafe(`insert into shop.customers (name) values ('a');
      insert into shop.orders (customer, note) select 1, case when n < 1205 then 'x' end
        from generate_series(1, 1500) n`)
    const { change, get } = await createCodegenStudio(folder, sql, {
      store,
      changes: { approve: 'destructive' },
    })
    const dropNote = { op: 'drop_column', schema: 'shop', table: 'orders', column: 'note' }
    const { body } = await change(dropNote, { op: 'drop_table', schema: 'shop', table: 'orders' })
    expect(body).toMatchObject({
      change_set: {
        destructive: [
          'drops column shop.orders.note: 1,204 rows not null',
          'drops table shop.orders: 1,500 rows',
        ],
        approval: { required: true, status: 'pending' },
        migration: { reversible: false, down: null },
      },
    })
    await sql`delete from shop.orders where note is null or id > 1`
    expect(await change(dropNote)).toMatchObject({
      body: { change_set: { destructive: ['drops column shop.orders.note: 1 row not null'] } },
    })
    expect(await get('/ai/changes')).toMatchObject({ body: { changes: [{ kind: 'codegen' }, {}] } })
  })
})

describe('POST /ai/codegen/preview', () => {
  it('gives equal requests equal digests', async () => {
    const { propose } = await createCodegenStudio(folder, sql)
    const [one, two] = [await propose(addPhone), await propose(addPhone)]
    expect(one.digest).toBe(two.digest)
    expect(one.id).not.toBe(two.id)
  })

  it('writes nothing without the header or with another digest than the one that was shown', async () => {
    const { propose, post, apply } = await createCodegenStudio(folder, sql)
    const shown = await propose(addPhone)
    const path = `/ai/changes/${shown.id}/apply`
    expect(await post(path, { expected_digest: shown.digest })).toMatchObject({ status: 403 })
    expect(await apply({ ...shown, digest: '0'.repeat(64) })).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'digest_mismatch' } } },
    })
    expect(await apply({ ...shown, digest: 'x' })).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'expected_digest' }] } },
    })
  })

  it('warns of a migration of another app that waits, and computes from the database as it is', async () => {
    await folder.write('db/other/0001_notes.sql', 'create table shop.notes (id int primary key);')
    const [shop] = shopProject(folder).apps
    const project = defineProject({
      name: 'shop',
      apps: [
        {
          label: 'shop',
          ...(shop?.migrations ? { migrations: shop.migrations } : {}),
          ...(shop?.models ? { models: shop.models } : {}),
        },
        { label: 'other', migrations: sqlMigrations(`${folder.root}/db/other`) },
      ],
    })
    const { change } = await createCodegenStudio(folder, sql, { project })
    const warning = 'Migrations of other apps have not run (1): other.0001_notes'
    expect(await change(addPhone)).toMatchObject({
      status: 200,
      body: { change_set: { warnings: expect.arrayContaining([warning]) } },
    })
  })

  it('answers 409 while migrations of the app wait to be run', async () => {
    const { change } = await createCodegenStudio(folder, sql)
    await folder.write('db/shop/0002_more.sql', 'alter table shop.orders add more text;')
    expect(await change(addPhone)).toMatchObject({
      status: 409,
      body: {
        error: {
          details: {
            reason: 'migrations_pending',
            migrations: [{ app: 'shop', name: '0002_more', state: 'pending' }],
          },
        },
      },
    })
  })
})
