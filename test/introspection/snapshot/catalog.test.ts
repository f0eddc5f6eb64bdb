import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Catalog, Database } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createTestStudio, sampleProject } from '../../support/project.ts'

/** Wraps a database and records the names of the statements it reads. */
function recordReads(database: Database) {
  const reads: string[][] = []
  const read: Database['read'] = (selects, signal) => {
    reads.push(Object.keys(selects))
    return database.read(selects, signal)
  }
  return { reads, database: { ...database, read } }
}
const isCatalogRead = (names: readonly string[]) => names.includes('columns')

const sources = {
  apps: [
    { label: 'shop', models: databaseModels({ schema: 'shop' }) },
    { label: 'bills', models: databaseModels({ schemas: ['shop', 'bills'] }) },
  ],
  resources: [],
}

describePostgres('the catalog of a snapshot', ({ createDatabase }) => {
  async function createShop() {
    const { sql } = await createDatabase()
    await sql.unsafe(`
      create schema shop; create schema bills; create schema other;
      create table shop.orders (id int primary key);
      create table bills.orders (id int primary key, order_id int references shop.orders);
      create table other.secrets (id int);
    `)
    return sql
  }

  it('the catalog is read once for all sources, and again only after it changed', async () => {
    const sql = await createShop()
    const { reads, database } = recordReads(postgresDatabase(sql))
    const project = sampleProject(sources)
    const { get } = createTestStudio({ project, database, snapshotMaxAgeMs: 0 })
    const before = await get('/studio/context/summary')
    expect(before).toMatchObject({
      models: [
        { name: 'BillsOrder', table_name: 'orders' },
        { name: 'Order', table_name: 'orders' },
        { name: 'ShopOrder', table_name: 'orders' },
      ],
    })
    expect(reads.filter(isCatalogRead)).toHaveLength(1)
    for (let repetition = 0; repetition < 2; repetition++) {
      expect(await get('/studio/context/summary')).toMatchObject({
        checksums: (before as { checksums: object }).checksums,
      })
    }
    expect(reads.filter(isCatalogRead)).toHaveLength(2) // the second read of a small catalog also takes its fingerprint
    await sql.unsafe('alter table shop.orders add note text')
    expect(await get('/studio/context/summary')).toMatchObject({
      models: [{ field_count: 2 }, { field_count: 2 }, { field_count: 2 }],
    })
    expect(reads.filter(isCatalogRead)).toHaveLength(3)
  })

  it('the catalog covers the schemas that the sources name', async () => {
    const seen: Catalog[] = []
    const models = databaseModels({ schema: 'shop' })
    const spy: typeof models = {
      schemas: ['bills'],
      async read(database) {
        const catalog = await database?.catalog?.()
        if (catalog) seen.push(catalog)
        return []
      },
    }
    const database = postgresDatabase(await createShop())
    const apps = [
      { label: 'a', models },
      { label: 'b', models: spy },
    ]
    const project = sampleProject({ apps, resources: [] })
    await createTestStudio({ project, database }).get('/studio/handshake')
    expect(seen.map(({ schemas }) => schemas.map(({ name }) => name))).toEqual([['bills', 'shop']])
  })

  const declared = zodModels({
    Bill: z.object({ id: z.int() }).meta({ schema: 'bills', table: 'orders' }),
  })
  it.each([
    ['zod', declared],
    ['a source that does not name its schemas', { read: () => declared.read(null) }],
  ])('covers the schema of a table that %s declares, beside a limited app', async (_, models) => {
    const apps = [
      { label: 'shop', models: databaseModels({ schema: 'shop' }) },
      { label: 'bills', models },
    ]
    const project = sampleProject({ apps, resources: [] })
    const database = postgresDatabase(await createShop())
    const { issues } = (await createTestStudio({ project, database }).get('/ai/schema/health')) as {
      issues: readonly { readonly kind: string }[]
    }
    expect(issues.filter(({ kind }) => kind === 'missing_table')).toEqual([])
  })

  it('a snapshot is served stale up to five times its maximum age, and revalidated in the background', async () => {
    const sql = await createShop()
    const clock = { time: 0, now: () => clock.time }
    const { reads, database } = recordReads(postgresDatabase(sql))
    const project = sampleProject(sources)
    const { get } = createTestStudio({ project, database, clock, snapshotMaxAgeMs: 100 })
    const countFields = async () => {
      const { models } = (await get('/studio/context/summary')) as {
        models: { field_count: number }[]
      }
      return models.map(({ field_count }) => field_count)
    }
    expect(await countFields()).toEqual([2, 1, 1])
    await sql.unsafe('alter table shop.orders add note text')
    clock.time = 499
    expect(await countFields()).toEqual([2, 1, 1])
    await expect.poll(() => reads.filter(isCatalogRead).length).toBe(2)
    await expect.poll(countFields).toEqual([2, 2, 2])
    await sql.unsafe('alter table shop.orders drop note')
    clock.time = 999
    expect(await countFields()).toEqual([2, 1, 1])
  })

  it('a catalog that cannot be read degrades health and is named there', async () => {
    const sql = await createShop()
    const inner = postgresDatabase(sql)
    const refused = Object.assign(new Error('no'), { code: '42501' })
    const database: Database = {
      ...inner,
      read: (selects, signal) =>
        isCatalogRead(Object.keys(selects)) ? Promise.reject(refused) : inner.read(selects, signal),
    }
    const { get } = createTestStudio({ database })
    expect(await get('/studio/health')).toMatchObject({
      status: 'degraded',
      database: { last_error: expect.stringContaining('catalog: permission denied') },
    })
  })
})
