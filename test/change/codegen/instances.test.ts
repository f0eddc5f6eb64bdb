import type { Sql } from 'postgres'
import { beforeEach, expect, it } from 'vitest'
import { drizzleMigrations, postgresStores } from '../../../src/postgres.ts'
import { addPhone, createCodegenStudio, createShop, shopProject } from '../../support/codegen.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

describePostgres('a generated migration', (postgres) => {
  let sql: Sql
  let url: string
  let folder: TestFolder
  beforeEach(async () => {
    const database = await postgres.createDatabase({ max: 3 })
    sql = database.sql
    url = database.url
    folder = await createFolder()
    await createShop(sql, folder)
  })

  it('is written once, however many instances are asked at the same time', async () => {
    const clock = { now: () => Date.now() }
    const first = await createCodegenStudio(folder, sql, { clock, stores: postgresStores(sql) })
    const pool = postgres.openPool(url, { max: 3 })
    const second = await createCodegenStudio(folder, pool, { clock, stores: postgresStores(pool) })
    const shown = await first.propose(addPhone)
    const answers = await Promise.all(
      [first, second, first, second].map((studio) => studio.apply(shown)),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
    const path = 'db/shop/0002_add_phone_to_orders.sql'
    const { body } = await second.get(`/ai/changes/${shown.id}`)
    expect(body).toMatchObject({ status: 'applied', files: [{ content: await folder.read(path) }] })
  }, 60_000)

  it('of two that were shown, the second is refused after the first is written', async () => {
    const studio = await createCodegenStudio(folder, sql)
    const [one, two] = [await studio.propose(addPhone), await studio.propose(addPhone)]
    expect(await studio.apply(one)).toMatchObject({ status: 200 })
    expect(await studio.apply(two)).toMatchObject({
      status: 409,
      body: {
        error: { details: { reason: 'changed_since_preview', changed: ['the migrations'] } },
      },
    })
  })

  it('has the form of the tool of its app, with the files that the tool keeps beside it', async () => {
    const entry = { idx: 0, version: '7', when: 1, tag: '0000_start', breakpoints: true }
    const journal = { version: '7', dialect: 'postgresql', entries: [entry] }
    const start = await folder.read('db/shop/0001_start.sql')
    await folder.write('db/drizzle/0000_start.sql', start)
    await folder.write('db/drizzle/meta/_journal.json', JSON.stringify(journal))
    await folder.write(
      'db/drizzle/meta/0000_snapshot.json',
      JSON.stringify({ id: 'a', prevId: 'b', version: '7', dialect: 'postgresql', tables: {} }),
    )
    await sql`create schema drizzle`
    await sql`create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at)
      values (encode(sha256(convert_to(${start}, 'UTF8')), 'hex'), 1)`
    const { propose, apply, get } = await createCodegenStudio(folder, sql, {
      project: shopProject(folder, {
        migrations: drizzleMigrations(new URL(`file://${folder.root}/db/drizzle`)),
      }),
    })
    const shown = await propose(addPhone)
    const { body } = await get(`/ai/changes/${shown.id}`)
    expect(body).toMatchObject({ migration: { tool: 'drizzle' } })
    const { files } = body as { files: { path: string; mode: string; content: string }[] }
    expect(files.map(({ path, mode }) => ({ path, mode }))).toContainEqual({
      path: 'db/drizzle/meta/_journal.json',
      mode: 'replace',
    })
    await folder.write('db/drizzle/meta/_journal.json', JSON.stringify({ ...journal, extra: 1 }))
    expect(await apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'changed_since_preview' } } },
    })
    await folder.write('db/drizzle/meta/_journal.json', JSON.stringify(journal))
    expect(await apply(shown)).toMatchObject({ status: 200 })
    for (const { path, content } of files) expect(await folder.read(path)).toBe(content)
  })
})
