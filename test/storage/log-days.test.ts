import type { Sql } from 'postgres'
import { beforeEach, expect, it } from 'vitest'
import { recordStores } from '../../bench/support/recorded-stores.ts'
import { randomIds } from '../../src/lib/clock.ts'
import { createRandom } from '../campaigns/random.ts'
import { postgresStores } from '../../src/postgres.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { prepareTables } from '../../src/storage/postgres/prepare.ts'
import { keepDays } from '../../src/storage/postgres/retention/log-days.ts'
import { migrations } from '../../src/storage/postgres/tables.ts'
import { describePostgres } from '../support/postgres.ts'
import {
  agents,
  answerOf,
  claimant,
  logEntries,
  newSession,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
} from '../support/records.ts'

const today = () => Math.floor(Date.now() / 86_400_000)

describePostgres('the days of the log', (postgres) => {
  let sql: Sql
  let url: string
  beforeEach(async () => void ({ sql, url } = await postgres.createDatabase()))

  const countRows = async (table: string) =>
    Number((await sql.unsafe(`select count(*) from studio.${table}`))[0]?.['count'])
  const dayTables = async () => {
    const rows = await sql`
      select relname from pg_class where relnamespace = 'studio'::regnamespace and relname ~ '^run_events_[1-9][0-9]*$'
      order by 1`
    return rows.map(({ relname }) => Number(String(relname).slice('run_events_'.length)))
  }
  const daysFrom = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => first + index)

  it('a log is written to the partition of its day, and read back from there with what an older version wrote', async () => {
    const stores = postgresStores(sql)
    const id = randomIds.uuid()
    const ref = await startRun(stores, { id })
    await stores.runs.commit(ref, { entries: logEntries(0, 2) })
    expect(await countRows(`run_events_${today()}`)).toBe(1)
    // what an instance of the version before does for its part of the run
    const lines = logEntries(2, 2)
      .map(({ json }) => json)
      .join('\n')
    await sql`insert into studio.run_events (run_id, first_seq, last_seq, lines) values (${id}, 2, 3, ${lines})`
    await sql`update studio.runs set next_seq = 4 where id = ${id}`
    expect(await countRows('run_events_0')).toBe(1)
    await stores.runs.commit(ref, { entries: logEntries(4, 2), release: succeed })
    expect(await stores.runs.readLog(id, -1, 100)).toEqual(logEntries(0, 6))
    expect(await stores.runs.readLog(id, 2, 2)).toEqual(logEntries(3, 2))
    expect(await countRows('run_events_other')).toBe(0)
  })

  it('a claim of a run that goes on knows the size of its log, wherever its rows are', async () => {
    const stores = postgresStores(sql)
    const id = randomIds.uuid()
    const ref = await startRun(stores, { id })
    await stores.runs.commit(ref, { entries: logEntries(0, 3) })
    await sql`update studio.run_events set day = 0`
    await stores.runs.commit(ref, { entries: logEntries(3, 3), release: { to: 'yield' } })
    const size = logEntries(0, 6).reduce((sum, { json }) => sum + json.length, 0)
    expect(await stores.runs.claim(id, claimant())).toMatchObject({ logBytes: size })
  })

  it('a change waits for the day that another process is making, and is written there', async () => {
    const stores = postgresStores(sql)
    const id = randomIds.uuid()
    const ref = await startRun(stores, { id })
    await stores.runs.due(1, agents)
    await expect.poll(dayTables).toHaveLength(8)
    const table = `studio.run_events_${today()}`
    await sql.unsafe(`drop table ${table}`)
    const change = { entries: logEntries(0, 2) }
    let written: Promise<unknown> = Promise.resolve()
    await postgres.openPool(url).begin(async (other) => {
      await other.unsafe(`create table ${table} (like studio.run_events including defaults, primary key (run_id, first_seq));
        alter table studio.run_events attach partition ${table} for values from (${today()}) to (${today() + 1})`)
      written = stores.runs.commit(ref, change)
      await expect
        .poll(async () => (await sql`select 1 from pg_locks where not granted`).length)
        .toBeGreaterThan(0)
    })
    expect(await written).toMatchObject({ cancelRequested: false })
    expect(await countRows(`run_events_${today()}`)).toBe(1)
  })

  it('a read of a log plans two partitions and no more', async () => {
    const { stores, take } = recordStores(sql)
    await stores.runs.due(1, agents)
    await expect.poll(dayTables).toHaveLength(8)
    const id = randomIds.uuid()
    const ref = await startRun(stores, { id })
    await stores.runs.commit(ref, { entries: logEntries(0, 2) })
    take()
    await stores.runs.readLog(id, -1, 10)
    const [statement] = take()
    const [row] = await sql.unsafe(`explain (format json) ${statement?.text ?? ''}`, [
      ...(statement?.parameters ?? []),
    ])
    const plan = JSON.stringify(row?.['QUERY PLAN'])
    const read = new Set(
      Array.from(plan.matchAll(/"Relation Name": ?"(\w+)"/g), ([, name]) => name),
    )
    expect([...read].sort()).toEqual(['run_events_0', `run_events_${today()}`])
  })

  it('a first use makes two days, a sweep the others, and many instances at once make each of them once', async () => {
    await postgresStores(sql).ready?.()
    expect(await dayTables()).toEqual(daysFrom(today(), 2))
    const pools = Array.from({ length: 6 }, () => postgres.openPool(url, { max: 2 }))
    await Promise.all(pools.map((pool) => postgresStores(pool).runs.due(10, agents)))
    await expect.poll(dayTables).toEqual(daysFrom(today(), 8))
    await postgresStores(sql, { daysAhead: 30 }).ready?.()
    expect(await dayTables()).toEqual(daysFrom(today(), 31))
  })

  it('a day that has rows in the common partition stays there, and its runs are read from there', async () => {
    const driver = postgresDriver(sql)
    await prepareTables(driver, '"studio"')
    const stores = postgresStores(sql, { migrate: false })
    const id = randomIds.uuid()
    const ref = await startRun(stores, { id })
    await stores.runs.commit(ref, { entries: logEntries(0, 2) })
    expect(await countRows('run_events_other')).toBe(1)
    expect(await keepDays(driver, '"studio"', 2)).toBe('done')
    expect(await dayTables()).toEqual(daysFrom(today() + 1, 2))
    await stores.runs.commit(ref, { entries: logEntries(2, 2) })
    expect(await stores.runs.readLog(id, -1, 10)).toEqual(logEntries(0, 4))
  })

  it('nothing of a run is left when it or its session is deleted', async () => {
    const stores = postgresStores(sql, { retention: { runs: 0, sessions: 0 } })
    const sessions = [newSession(), newSession(), newSession()]
    for (const session of sessions) await stores.sessions.create(session)
    const places = [null, ...sessions.map(({ id }) => id), ...sessions.map(({ id }) => id)]
    for (const sessionId of places) {
      const id = sessionId === sessions[0]?.id ? `run-${Math.random()}` : randomIds.uuid()
      const ref = await startRun(stores, { id, sessionId })
      await stores.runs.commit(ref, {
        entries: logEntries(0, 2),
        messages: [promptOf('hi'), answerOf('hello')],
        turn: newTurn(),
        toolCalls: [newToolCall()],
        release: succeed,
      })
      if (sessionId === null) await sql`update studio.run_events set day = 0 where run_id = ${id}`
    }
    const parts = ['run_events', 'run_messages', 'run_turns', 'run_tool_calls']
    expect(await Promise.all(parts.map(countRows))).toEqual([7, 14, 7, 7])
    await stores.sessions.delete('', sessions[0]?.id ?? '')
    expect(await Promise.all(parts.map(countRows))).toEqual([5, 10, 5, 5])
    await sql`delete from studio.runs where id = (select id from studio.runs where session_id = ${sessions[1]?.id ?? ''} limit 1)`
    expect(await Promise.all(parts.map(countRows))).toEqual([4, 8, 4, 4])
    await expect
      .poll(async () => (await stores.prune?.()) && Promise.all(parts.map(countRows)))
      .toEqual([0, 0, 0, 0])
  })

  it('the day of a run is that of its UUID v7, and 0 for any other id', async () => {
    await postgresStores(sql).ready?.()
    const seed = Math.floor(Math.random() * 1e6)
    console.log(`seed ${seed}`)
    const random = createRandom(seed)
    const ids = Array.from({ length: 300 }, () => {
      const ms = Math.floor(random.next() * 2 ** 43)
      const hex = ms.toString(16).padStart(12, '0')
      return { id: `${hex.slice(0, 8)}-${hex.slice(8)}${randomIds.uuid().slice(13)}`, ms }
    })
    const rows = await sql<{ id: string; day: number }[]>`
      select id, studio.run_day(id) as day from jsonb_array_elements_text(${sql.json(ids.map(({ id }) => id))}) as i (id)`
    expect(rows.map(({ day }) => day)).toEqual(ids.map(({ ms }) => Math.floor(ms / 86_400_000)))
    const others = [
      '',
      'run-1',
      crypto.randomUUID(),
      randomIds.uuid().toUpperCase(),
      'ü'.repeat(36),
    ]
    const found = await sql`
      select studio.run_day(id) as day from jsonb_array_elements_text(${sql.json(others)}) as i (id)`
    expect(found.map(({ day }) => day as number)).toEqual(others.map(() => 0))
  })

  it('tables of the version before are upgraded with their rows, rights and owner while an instance of it writes', async () => {
    await prepareTables(postgresDriver(sql), '"studio"', { steps: migrations.slice(0, 6) })
    const id = randomIds.uuid()
    await sql`
      insert into studio.runs (id, tenant, agent_id, trace_id, created_at, wake_at, input, usage, next_seq)
      values (${id}, '', 'support', ${id}, now(), now(), '{"history":[]}', '{}', 2)`
    const write = (seq: number) => sql`
      insert into studio.run_events (run_id, first_seq, last_seq, lines)
      values (${id}, ${seq}, ${seq}, ${logEntries(seq, 1)[0]?.json ?? ''})`
    await write(0)
    const role = `app_${new URL(url).pathname.slice(1)}`
    await sql.unsafe(`create role ${role} login password 'studio'; grant usage on schema studio to ${role};
      grant select, insert, update, delete on all tables in schema studio to ${role};
      alter table studio.run_events owner to ${role}`)
    await postgresStores(sql).ready?.()
    await write(1)
    const own = new URL(url)
    own.username = role
    const stores = postgresStores(postgres.openPool(own.href), { migrate: false })
    const claimed = await stores.runs.claim(id, claimant())
    const ref = { runId: id, epoch: claimed?.journal.run.epoch ?? 0 }
    await stores.runs.commit(ref, { entries: logEntries(2, 1), release: succeed })
    expect(await stores.runs.readLog(id, -1, 10)).toEqual(logEntries(0, 3))
    const owners = await sql`
      select distinct relowner::regrole::text as owner from pg_class where relname in ('run_events', 'run_events_0', 'run_events_other')`
    expect(owners).toEqual([{ owner: role }])
  })
})
