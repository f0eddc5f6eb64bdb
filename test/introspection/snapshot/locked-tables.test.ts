import { expect, it } from 'vitest'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { readStatistics } from '../../../src/project/postgres/catalog/counters.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

/** Each table but `keys` has one expression that PostgreSQL prints only after it has opened `keys`. */
const tables = `
  create table keys (id int primary key, owner text);
  create type pair as (x int, y int);
  create table plain (id int primary key, note text default upper('x'));
  create table with_policy (id int primary key, owner text);
  alter table with_policy enable row level security;
  create policy own on with_policy using (exists (select from keys k where k.owner = with_policy.owner));
  create table with_check (id int primary key, k keys, constraint positive check ((k).id > 0));
  create table with_index (id int primary key, k keys);
  create index on with_index (((k).id));
  create table with_default (id int primary key, n int default ((row(1, 'a')::keys).id));
  create domain positive_key as keys check ((value).id > 0);
  create table with_pair (id int primary key, p pair, constraint ordered check ((p).x < (p).y));`

describePostgres('Locked tables', ({ createDatabase }) => {
  async function createStudio() {
    const { sql } = await createDatabase({ max: 4 })
    await sql.unsafe(tables)
    const studio = new Studio([], {
      project: sampleProject({ apps: [{ label: 'app', models: databaseModels() }], resources: [] }),
      database: postgresDatabase(sql),
      snapshotMaxAgeMs: 0,
      onError: () => undefined,
    })
    const read = async (path: string) =>
      (await studio.fetch(new Request(`http://studio.test${path}`))).json() as Promise<{
        readonly models: readonly { readonly name: string }[]
        readonly problems: readonly string[]
      }>
    const whileLocked = async <T>(statement: string, run: () => Promise<T>): Promise<T> => {
      const lock = await sql.reserve()
      await lock`begin`
      await lock.unsafe(statement)
      try {
        return await run()
      } finally {
        await lock`rollback`
        lock.release()
      }
    }
    return { sql, read, whileLocked }
  }

  const names = 'Key Plain WithCheck WithDefault WithIndex WithPair WithPolicy'.split(' ')
  const modelNames = ({ models }: { models: readonly { name: string }[] }) =>
    models.map(({ name }) => name)

  it.concurrent.each(['lock table keys', 'alter type pair add attribute z int cascade'])(
    'shows every model during the first read although expressions of other tables cannot be printed: %s',
    async (statement) => {
      const { read, whileLocked } = await createStudio()
      const [summary, health, issues] = await whileLocked(statement, async () => [
        await read('/studio/context/summary'),
        JSON.stringify(await read('/studio/health')),
        JSON.stringify(await read('/ai/schema/issues')),
      ])
      expect(modelNames(summary)).toEqual(names)
      expect(health).toContain('is locked')
      expect(health).not.toContain('public.plain is locked')
      expect(issues).not.toContain('system.catalog')
    },
  )

  it.concurrent('names the tables whose expressions wait for the lock of another one', async () => {
    const { read, whileLocked } = await createStudio()
    const health = await whileLocked('lock table keys', async () =>
      JSON.stringify(await read('/studio/health')),
    )
    const affected = 'keys with_policy with_check with_index with_default positive_key'.split(' ')
    for (const name of affected) expect(health).toContain(`public.${name} is locked`)
    expect(health).not.toContain('public.with_pair is locked')
  })

  it.concurrent(
    'keeps what was known of a policy while the table that it reads is locked',
    async () => {
      const { read, whileLocked } = await createStudio()
      const before = await read('/studio/handshake')
      const during = await whileLocked('alter table keys add column more int', () =>
        read('/studio/handshake'),
      )
      expect(during).toMatchObject({ checksums: (before as { checksums?: unknown }).checksums })
    },
  )

  it.concurrent(
    'reads the statistics of all other sequences while one is being altered',
    async () => {
      const { sql, whileLocked } = await createStudio()
      await sql`create sequence altered`
      await sql`create sequence counted`
      await sql`select nextval('altered'), nextval('counted')`
      const statistics = await whileLocked('alter sequence altered increment by 2', () =>
        readStatistics(postgresDatabase(sql)),
      )
      expect([...statistics.sequenceValues]).toEqual([
        ['public.altered', null],
        ['public.counted', '1'],
      ])
    },
  )
})
