import type { Sql } from 'postgres'
import { beforeEach, expect, it } from 'vitest'
import { postgresDatabase, postgresShadow, readCatalog } from '../../../src/postgres.ts'
import { structureChecksum } from '../../../src/change/schema/catalog-structure.ts'
import { addPhone, createCodegenStudio, createShop } from '../../support/codegen.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

let made = 0

describePostgres('a migration on a shadow', (postgres) => {
  let sql: Sql
  let admin: Sql
  let adminUrl: string
  let folder: TestFolder
  beforeEach(async () => {
    sql = (await postgres.createDatabase({ max: 3 })).sql
    adminUrl = postgres.server().url()
    admin = postgres.openPool(adminUrl, { max: 2 })
    folder = await createFolder()
    await createShop(sql, folder)
  })

  /** Copies the database of the test into one that nobody is connected to. */
  const createTemplate = async (change = '') => {
    const name = `template_${++made}`
    await admin.unsafe(`create database ${name}`)
    const filler = postgres.openPool(postgres.server().url(name), { max: 1 })
    await createShop(filler, await createFolder())
    if (change !== '') await filler.unsafe(change)
    await filler.end()
    return name
  }
  const shadows = async () => {
    const rows =
      await admin`select datname from pg_database where datname like 'fetch_studio_shadow%'`
    return rows.map(({ datname }) => String(datname))
  }
  const withShadow = (shadow: ReturnType<typeof postgresShadow>) =>
    createCodegenStudio(folder, sql, {
      changes: { approve: 'destructive', proof: 'required', shadow },
    })

  it('runs on a copy, is compared with what was predicted, and leaves no database behind', async () => {
    const template = await createTemplate()
    const studio = await withShadow(postgresShadow(adminUrl, { template }))
    const answer = await studio.change(addPhone)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        change_set: {
          proof: {
            ran: true,
            drift: [],
            lint_new: [],
            destructive: [],
            schema_checksum_after: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
          approval: { status: 'not_required' },
        },
      },
    })
    expect(await shadows()).toEqual([])
    const { change_set } = answer.body as {
      change_set: {
        id: string
        digest: string
        proof: { ms: number; schema_checksum_after: string }
      }
    }
    expect(await studio.apply(change_set)).toMatchObject({ status: 200 })
    await sql.unsafe(await folder.read('db/shop/0002_add_phone_to_orders.sql'))
    const live = await readCatalog(postgresDatabase(sql), { schemas: ['shop', 'public'] })
    expect(await structureChecksum(live)).toBe(change_set.proof.schema_checksum_after)
  })

  it('runs on an empty database that the project fills', async () => {
    const shadow = postgresShadow(admin, {
      fill: async (copy) => createShop(copy.sql, await createFolder()),
    })
    const { change } = await withShadow(shadow)
    expect(await change(addPhone)).toMatchObject({
      body: { change_set: { proof: { ran: true, drift: [] } } },
    })
    expect(await shadows()).toEqual([])
  })

  it('names what it would bring to schema health', async () => {
    const template = await createTemplate()
    const { change } = await withShadow(postgresShadow(adminUrl, { template }))
    const table = { op: 'create_table', schema: 'shop', table: 'keyless' }
    const columns = [{ name: 'a', type: 'text' }]
    expect(await change({ ...table, columns })).toMatchObject({
      status: 200,
      body: {
        change_set: {
          proof: { lint_new: expect.arrayContaining([expect.stringContaining('keyless')]) },
        },
      },
    })
  })

  it('is not applied where the copy could not be made, with the reason', async () => {
    const template = await createTemplate()
    const busy = postgres.openPool(postgres.server().url(template), { max: 1 })
    await busy`select 1`
    const studio = await withShadow(postgresShadow(adminUrl, { template }))
    const shown = await studio.propose(addPhone)
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: {
        error: {
          message: expect.stringContaining('other connections use the database'),
          details: { reason: 'proof_required' },
        },
      },
    })
    for (const shadow of [
      postgresShadow(adminUrl, { template: 'none_such' }),
      postgresShadow(adminUrl.replace(/:\d+\//, ':1/'), { template }),
      postgresShadow(adminUrl, { fill: () => Promise.reject(new Error(`of ${adminUrl}`)) }),
      postgresShadow(adminUrl, { fill: () => new Promise(() => undefined), timeoutMs: 1_500 }),
    ]) {
      const other = await withShadow(shadow)
      const { body } = await other.change(addPhone)
      expect(body).toMatchObject({ change_set: { proof: { ran: false } } })
      expect(JSON.stringify(body)).not.toMatch(/postgres(?:ql)?:|127\.0\.0\.1|studio:/)
    }
    expect(await shadows()).toEqual([])
  }, 60_000)

  it('is not tried on a copy with another structure', async () => {
    const template = await createTemplate('alter table shop.orders add other text')
    const { change } = await withShadow(postgresShadow(adminUrl, { template }))
    expect(await change(addPhone)).toMatchObject({
      body: {
        change_set: {
          proof: {
            ran: false,
            reason: 'the copy differs from the database: table shop.orders: other columns',
          },
        },
      },
    })
  })

  it('is shown with the drift that a trigger of the database makes, and not applied', async () => {
    const trigger = `create function public.meddle() returns event_trigger language plpgsql as
      $$ begin if not exists (select from pg_class where relname = 'meddled') then
         create index meddled on shop.orders (note); end if; end $$;
      create event trigger meddler on ddl_command_end when tag in ('ALTER TABLE')
        execute function public.meddle();`
    const template = await createTemplate(trigger)
    await sql.unsafe(trigger)
    const studio = await withShadow(postgresShadow(adminUrl, { template }))
    const { body } = await studio.change(addPhone)
    expect(body).toMatchObject({
      change_set: {
        proof: { ran: true, drift: ['table shop.orders: other indexes'] },
        approval: { required: true },
      },
    })
    const { change_set } = body as { change_set: { id: string; digest: string } }
    await studio.post(`/ai/changes/${change_set.id}/decision`, {
      approved: true,
      expected_digest: change_set.digest,
    })
    expect(await studio.apply(change_set)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'proof_required' } } },
    })
  })

  it('answers 422 with the statement and the reason of PostgreSQL when it fails, and stores nothing', async () => {
    const template = await createTemplate(`insert into shop.customers (name) values ('s3cret');
      insert into shop.customers (name) values ('s3cret');`)
    const studio = await withShadow(postgresShadow(adminUrl, { template }))
    const unique = { op: 'add_unique', schema: 'shop', table: 'customers', columns: ['name'] }
    const { status, body } = await studio.change(unique)
    expect(status).toBe(422)
    expect(body).toMatchObject({
      error: {
        details: {
          reason: 'migration_fails',
          sqlstate: '23505',
          statement: expect.stringContaining('CREATE UNIQUE INDEX CONCURRENTLY'),
        },
      },
    })
    expect(JSON.stringify(body)).not.toContain('s3cret')
    expect(await studio.get('/ai/changes')).toMatchObject({ body: { changes: [] } })
    expect(await shadows()).toEqual([])
  })

  it('removes what a process left behind, but neither young databases nor those of others', async () => {
    const template = await createTemplate()
    const now = Math.floor(Date.now() / 1_000)
    const name = (time: number) => `fetch_studio_shadow_${time}_0123456789abcdef`
    const kept = [name(now), `fetch_studio_shadow_${now - 90_000}_backup`]
    for (const database of [name(now - 90_000), ...kept]) {
      await admin.unsafe(`create database ${database}`)
    }
    const { change } = await withShadow(postgresShadow(adminUrl, { template }))
    await change(addPhone)
    expect((await shadows()).toSorted()).toEqual(kept.toSorted())
    for (const database of kept) await admin.unsafe(`drop database ${database}`)
  })

  it('runs a few at once; one more says that it was not tried', async () => {
    let release = () => undefined as void
    const gate = new Promise<void>((resolve) => (release = resolve))
    let started = () => undefined as void
    const isStarted = new Promise<void>((resolve) => (started = resolve))
    const fill = async ({ sql: copy }: { readonly sql: Sql }) => {
      started()
      await gate
      await createShop(copy, await createFolder())
    }
    const { change } = await withShadow(postgresShadow(admin, { fill, concurrency: 1 }))
    const first = change(addPhone)
    await isStarted
    expect(await change(addPhone)).toMatchObject({
      body: {
        change_set: {
          proof: { ran: false, reason: expect.stringContaining('being tried already') },
        },
      },
    })
    release()
    expect(await first).toMatchObject({ body: { change_set: { proof: { ran: true } } } })
  })
})
