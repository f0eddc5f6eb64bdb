import type { Sql } from 'postgres'
import { beforeEach, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { prepareTables } from '../../src/storage/postgres/prepare.ts'
import { migrations } from '../../src/storage/postgres/tables.ts'
import { describePostgres } from '../support/postgres.ts'
import { newSession, startRun, succeed } from '../support/records.ts'

const upgrade = [...migrations, 'alter table $schema.sessions add column colour text']

describePostgres('the tables', (postgres) => {
  let sql: Sql
  let url: string
  beforeEach(async () => void ({ sql, url } = await postgres.createDatabase()))

  const versions = async () =>
    (await sql`select version from studio.schema_version order by version`).map(
      ({ version }) => version as number,
    )
  /** A pool of a new role; it may connect, and nothing else until it is granted. */
  const openAs = async (role: string, grants: string) => {
    const name = new URL(url).pathname.slice(1)
    const unique = `${role}_${name}`
    await sql.unsafe(`
      revoke all on database ${name} from public; revoke all on schema public from public;
      create role ${unique} login password 'studio'; grant connect on database ${name} to ${unique};
      ${grants.replaceAll('$role', unique).replaceAll('$database', name)}`)
    const own = new URL(url)
    own.username = unique
    return postgres.openPool(own.href)
  }

  it('the tables are created once, however many instances start at the same time', async () => {
    const instances = Array.from({ length: 10 }, () => postgres.openPool(url, { max: 1 }))
    await Promise.all(instances.map((pool) => postgresStores(pool).ready?.()))
    expect(await versions()).toEqual(migrations.map((_, index) => index + 1))
    await postgresStores(sql).ready?.()
    expect(await versions()).toHaveLength(migrations.length)
  })

  it('the tables are upgraded once and keep their rows, while older instances go on', async () => {
    const older = postgresStores(sql)
    const session = await older.sessions.create(newSession())
    const instances = Array.from({ length: 10 }, () => postgres.openPool(url, { max: 1 }))
    await Promise.all(
      instances.map((pool) => prepareTables(postgresDriver(pool), '"studio"', { steps: upgrade })),
    )
    expect(await versions()).toHaveLength(upgrade.length)
    expect(await sql`select id, colour from studio.sessions`).toEqual([
      { id: session.id, colour: null },
    ])
    expect(await older.sessions.get('', session.id)).toEqual(session)
  })

  it('tables of the version without an outbox are upgraded while an instance of that version writes', async () => {
    const before = migrations.slice(0, 2)
    await prepareTables(postgresDriver(sql), '"studio"', { steps: before })
    const insert = (id: string) => sql`
      insert into studio.runs (id, tenant, agent_id, trace_id, created_at, wake_at, input, usage)
      values (${id}, '', 'support', ${id}, now(), now(), '{"history":[]}', '{}')`
    await insert('old-1')
    await insert('old-2')
    const stores = postgresStores(sql)
    await stores.ready?.()
    stores.outbox?.subscribe({ target: 'a', types: ['run.ended'], agents: null })
    await sql`update studio.runs set ended_at = now(), wake_at = null, status = 'succeeded' where id = 'old-1'`
    await insert('old-3')
    const claimed = await stores.runs.claim('old-2', {
      owner: 'me',
      leaseMs: 60_000,
      agents: new Map([['support', null]]),
    })
    const { epoch = 0 } = claimed?.journal.run ?? {}
    await stores.runs.commit({ runId: 'old-2', epoch }, { release: succeed })
    const noted = await stores.outbox?.claim('a', 10, 1_000)
    expect(noted?.map(({ runId }) => runId)).toEqual(['old-2'])
    expect(await stores.runs.get('', 'old-1')).toMatchObject({ status: 'succeeded' })
    expect(await stores.runs.get('', 'old-3')).toMatchObject({ status: 'queued' })
  })

  it('an instance refuses to start with tables of a newer version, or of an older one without migrating', async () => {
    await prepareTables(postgresDriver(sql), '"studio"', { steps: upgrade })
    const stores = postgresStores(sql)
    const message = `version ${upgrade.length}, and this version of fetch-studio works with ${migrations.length}`
    const refusal = { code: 'unavailable', message: expect.stringContaining(message) as string }
    await expect(stores.ready?.()).rejects.toMatchObject(refusal)
    await expect(stores.runs.get('', 'x')).rejects.toMatchObject(refusal)
    const unprepared = postgresStores(sql, { schema: 'other', migrate: false })
    await expect(unprepared.ready?.()).rejects.toThrow('npx fetch-studio migrate')
  })

  it('a migration that cannot lock a table gives up, changes nothing and is repeated by the next use', async () => {
    await postgresStores(sql).ready?.()
    const migrate = () => prepareTables(postgresDriver(sql), '"studio"', { steps: upgrade })
    const blocker = postgres.openPool(url, { max: 1 })
    await blocker.begin(async (transaction) => {
      await transaction`lock table studio.sessions in share mode`
      await expect(migrate()).rejects.toMatchObject({ code: '55P03' })
    })
    expect(await versions()).toHaveLength(migrations.length)
    await migrate()
    expect(await versions()).toHaveLength(upgrade.length)
  }, 30_000)

  it('the tables stay unchanged if an upgrade fails half-way', async () => {
    await postgresStores(sql).ready?.()
    const broken = [...upgrade, 'alter table $schema.nothing add column colour text']
    await expect(prepareTables(postgresDriver(sql), '"studio"', { steps: broken })).rejects.toThrow(
      'nothing',
    )
    expect(await versions()).toHaveLength(migrations.length)
    expect(await sql`select * from studio.sessions`).toEqual([])
  })

  it('a role without the right to create works with tables that their owner prepared', async () => {
    const owner = postgresStores(sql)
    await owner.ready?.()
    const app = await openAs(
      'app',
      `grant usage on schema studio to $role;
       grant select, insert, update, delete on all tables in schema studio to $role`,
    )
    const stores = postgresStores(app, { retention: { runs: 0 } })
    await stores.ready?.()
    const { runId, epoch } = await startRun(stores, { idempotency: { key: 'k', fingerprint: 'f' } })
    await stores.runs.commit({ runId, epoch }, { release: succeed })
    expect(await owner.runs.get('', runId)).toMatchObject({ status: 'succeeded' })
    await stores.prune?.()
    await expect(app`create table studio.mine (id text)`).rejects.toThrow('permission denied')
  })

  it('the tables are created by a role that may create schemas, and nothing else is touched', async () => {
    const role = await openAs('maker', 'grant create on database $database to $role')
    const stores = postgresStores(role, { schema: 'agents' })
    await startRun(stores)
    expect(
      await sql`select nspname from pg_namespace where nspname in ('agents', 'studio')`,
    ).toEqual([{ nspname: 'agents' }])
  })

  it('a role that may not create the tables works as soon as another role has created them', async () => {
    const app = await openAs('late', '')
    const stores = postgresStores(app)
    await expect(startRun(stores)).rejects.toThrow('lacks a privilege')
    await postgresStores(sql).ready?.()
    const [row] = await app`select current_user as role`
    await sql.unsafe(`grant usage on schema studio to ${row?.['role']};
      grant select, insert, update, delete on all tables in schema studio to ${row?.['role']}`)
    await startRun(stores)
  })
})
