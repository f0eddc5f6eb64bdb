import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { Studio, type StudioOptions } from '../../../src/index.ts'
import { toShownStatement } from '../../../src/introspection/database/statement-text.ts'
import { activitySchema } from '../../../src/introspection/database/wire.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

describePostgres('GET /ai/database/activity', ({ createDatabase, openPool }) => {
  let sql: Sql
  let url: string
  beforeAll(async () => {
    ;({ sql, url } = await createDatabase())
    await sql`create table jobs (id int primary key, state text)`
    await sql`insert into jobs values (1, 'open')`
  })

  const ask = async (options: StudioOptions = {}) => {
    const project = sampleProject({
      apps: [{ label: 'a', models: databaseModels() }],
      resources: [],
    })
    const database = postgresDatabase(sql)
    const studio = new Studio([], { project, database, allow: ['read_data'], ...options })
    const response = await studio.fetch(new Request('http://studio.test/ai/database/activity'))
    return { status: response.status, body: (await response.json()) as object }
  }

  it('shows who waits for whom, and transactions that stay open, without the texts of statements', async () => {
    const other = openPool(url, { max: 2 })
    const waiting = await other.begin(async (first) => {
      await first`update jobs set state = 'mine' where id = 1`
      const second = other.begin(
        (transaction) => transaction`update jobs set state = 'secret-text' where id = 1`,
      )
      await expect
        .poll(async () => activitySchema.parse((await ask()).body).locks?.length, {
          timeout: 20_000,
        })
        .toBeGreaterThan(0)
      await expect
        .poll(async () => activitySchema.parse((await ask()).body).long_transactions?.length, {
          timeout: 20_000,
        })
        .toBeGreaterThan(0)
      const { body } = await ask()
      const activity = activitySchema.strict().parse(body)
      expect(activity.locks).toMatchObject([
        { blocked_by: [expect.any(Number)], waited_ms: expect.any(Number) },
      ])
      expect(activity.connections).toMatchObject({ waiting: 1, idle_in_transaction: 1 })
      expect(activity.cache?.hit_ratio).toBeGreaterThan(0)
      expect(JSON.stringify(body)).not.toContain('secret-text')
      return { second }
    })
    await waiting.second
  })

  it('leaves out what the server or the rights of the role do not provide, and says why', async () => {
    const { body } = await ask()
    expect(body).toMatchObject({
      absent: [
        { part: 'top_statements', reason: 'the extension pg_stat_statements is not installed' },
      ],
    })
    expect(body).not.toHaveProperty('top_statements')
    const role = `plain_${crypto.randomUUID().slice(0, 8)}`
    await sql.unsafe(`create role ${role} login password 'studio'`)
    const plain = new URL(url)
    plain.username = role
    const limited = await ask({ database: postgresDatabase(openPool(plain.href, { max: 2 })) })
    expect(Object.keys(limited.body).sort()).toEqual(['absent', 'cache', 'captured_at'])
    expect(limited.body).toMatchObject({
      absent: [
        { part: 'connections' },
        { part: 'locks' },
        { part: 'long_transactions' },
        { part: 'top_statements' },
      ],
    })
  })

  it('is refused with 403 where rows are', async () => {
    expect((await ask({ allow: [] })).status).toBe(403)
  })
})

it.each<[string, string | null]>([
  [
    `select * from jobs where state = 'x''y' and id = 5 -- secret`,
    'select * from jobs where state = ? and id = ?',
  ],
  ['SELECT  $1 + a1 /* hint */ from jobs', 'SELECT $1 + a1 from jobs'],
  ['select $$it$$, $a$b$a$ from jobs', 'select ?, ? from jobs'],
  [`alter role x password 'secret'`, null],
  ['select hidden_column from jobs', null],
  ['select api_key from jobs', null],
  [`select 'open`, null],
])('the text of the statement %s is shown as %s', (text, shown) => {
  expect(toShownStatement(text, (all) => all.includes('hidden'))).toBe(shown)
})
