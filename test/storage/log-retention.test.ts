import type { Sql } from 'postgres'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresStores, shardedStores } from '../../src/postgres.ts'
import type { Stores } from '../../src/storage/store.ts'
import { type FixedClock, fixedClock } from '../../src/testing.ts'
import { createRandom } from '../campaigns/random.ts'
import { clockedStores, openAsWriter } from '../support/postgres-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import { uuidAt } from '../support/uuid-at.ts'
import {
  answerOf,
  claimant,
  logEntries,
  newApproval,
  newTurn,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

const postgres = withPostgres()
const day = 86_400_000
let sql: Sql
let clock: FixedClock
let stores: Stores
let schema: string
let schemas = 0

beforeAll(async () => void ({ sql } = await postgres.createDatabase()))
beforeEach(() => {
  clock = fixedClock()
  schema = `logs_${++schemas}`
  stores = clockedStores(sql, clock, { schema, retention: { logs: 7 * day }, daysAhead: 2 })
})

const newId = () => uuidAt(clock.now())

async function endedRun(id: string = newId(), into: Stores = stores): Promise<string> {
  const ref = await startRun(into, { id })
  await into.runs.commit(ref, { entries: logEntries(0, 2) })
  const entries = logEntries(2, 1)
  const messages = [promptOf('hi'), answerOf('hello')]
  await into.runs.commit(ref, { entries, messages, turn: newTurn(), release: succeed })
  return ref.runId
}

const countRows = async (table: string) =>
  Number((await sql.unsafe(`select count(*) from ${schema}.${table}`))[0]?.['count'])
const countDays = async () =>
  Number(
    (
      await sql`select count(*) from pg_inherits where inhparent = ${`${schema}.run_events`}::regclass`
    )[0]?.['count'],
  ) - 2

/** Moves on, and lets the stores make the days of the new time. */
async function advance(ms: number): Promise<void> {
  clock.advance(ms)
  stores = clockedStores(sql, clock, { schema, retention: { logs: 7 * day }, daysAhead: 2 })
  await stores.ready?.()
}

describe('retention.logs', () => {
  it('prune drops the days whose logs are all older, and keeps their runs with messages and turns', async () => {
    const old = await endedRun()
    await advance(day)
    const young = await endedRun()
    await advance(7 * day - 1)
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0 })
    clock.advance(1)
    expect(await stores.prune?.()).toMatchObject({ runs: 0, logDays: 1, logs: 0 })
    expect(await stores.runs.readLog(old, -1, 10)).toEqual([])
    expect(await stores.runs.readLog(young, -1, 10)).toHaveLength(3)
    const [journal] = await stores.runs.journals([old])
    expect(journal).toMatchObject({ run: { status: 'succeeded' }, messages: [{}, {}], turns: [{}] })
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0 })
  })

  it('the log of a run that has not ended is kept when its day is dropped, and goes on', async () => {
    const { runId, epoch, approvals } = await waitingRun(stores, (run) => [newApproval(run)], {
      id: newId(),
    })
    expect(epoch).toBe(1)
    const queued = await startRun(stores, { id: newId() })
    await stores.runs.commit(queued, { entries: logEntries(0, 3), release: { to: 'yield' } })
    const ended = await endedRun()
    const before = await stores.runs.readLog(runId, -1, 10)
    await advance(10 * day)
    expect(await stores.prune?.()).toMatchObject({ logDays: 3, logs: 0 })
    expect(await stores.runs.readLog(ended, -1, 10)).toEqual([])
    expect(await stores.runs.readLog(runId, -1, 10)).toEqual(before)
    const claimed = await stores.runs.claim(queued.runId, claimant())
    expect(claimed?.logBytes).toBe(logEntries(0, 3).reduce((sum, { json }) => sum + json.length, 0))
    const ref = { runId: queued.runId, epoch: claimed?.journal.run.epoch ?? 0 }
    await stores.runs.commit(ref, { entries: logEntries(3, 2) })
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0 })
    await stores.runs.commit(ref, { entries: logEntries(5, 1), release: succeed })
    expect(await stores.runs.readLog(queued.runId, -1, 10)).toEqual(logEntries(0, 6))
    // now it has ended, and is old: its rows in day 0 and in the common partition go
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 1 })
    expect(await stores.runs.readLog(queued.runId, -1, 10)).toEqual([])
    expect(await stores.approvals.get('', approvals[0]?.id ?? '')).toMatchObject({
      status: 'pending',
    })
  })

  it('logs of ids that tell no time, and of older versions, are deleted one by one', async () => {
    for (let index = 0; index < 3; index++) await endedRun(`run-${schema}-${index}`)
    const { runId } = await startRun(stores, { id: `open-${schema}` })
    await advance(7 * day)
    const young = await endedRun(`young-${schema}`)
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0 })
    clock.advance(1)
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 3 })
    expect(await stores.runs.readLog(young, -1, 10)).toHaveLength(3)
    expect(await stores.runs.get('', runId)).toMatchObject({ status: 'running' })
    expect(await countRows('run_events')).toBe(2)
  })

  it('more old logs than one statement looks at are deleted, and those between them are kept', async () => {
    const id = await endedRun(`a-${schema}`)
    await sql.unsafe(`
      insert into ${schema}.runs (id, tenant, agent_id, trace_id, status, created_at, ended_at, input, usage)
        select 'n-' || n, tenant, agent_id, 'n-' || n, 'succeeded', created_at,
          case when n % 3 > 0 then ended_at end, input, usage
        from ${schema}.runs cross join generate_series(1, 1200) n where id = '${id}';
      insert into ${schema}.run_events (run_id, first_seq, last_seq, lines)
        select 'n-' || n, i, i, 'x' from generate_series(1, 1200) n cross join generate_series(0, 1) i`)
    clock.advance(8 * day)
    expect(await stores.prune?.()).toMatchObject({ logs: 801 })
    expect(await countRows('run_events')).toBe(800)
  })

  it('a day that another transaction reads is left for the next time, and holds nobody up', async () => {
    const id = await endedRun()
    await advance(9 * day)
    await sql.begin(async (transaction) => {
      await transaction.unsafe(`select count(*) from ${schema}.run_events where day = 1`)
      expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0 })
      expect(await stores.runs.readLog(id, -1, 10)).toHaveLength(3)
    })
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, logs: 0 })
    expect(await stores.runs.readLog(id, -1, 10)).toEqual([])
  })

  it('several processes that prune at once drop each day once', async () => {
    await endedRun()
    await advance(9 * day)
    const others = Array.from({ length: 3 }, () =>
      clockedStores(sql, clock, { schema, retention: { logs: 7 * day }, daysAhead: 0 }),
    )
    const pruned = await Promise.all([stores, ...others].map((one) => one.prune?.()))
    const last = await stores.prune?.()
    const sum = [...pruned, last].reduce((all, one) => all + (one?.logDays ?? 0), 0)
    expect(sum).toBe(2)
    expect(await countRows('run_events')).toBe(0)
    expect(await countDays()).toBe(4)
  })

  it('a role that may not create or drop tables writes to the common partition and deletes from every day', async () => {
    const dropped = await endedRun()
    const app = await openAsWriter(postgres, sql, schema)
    const options = { schema, retention: { logs: 7 * day } }
    clock.advance(5 * day)
    const restricted = clockedStores(app, clock, options)
    await restricted.ready?.()
    const common = await endedRun(newId(), restricted)
    expect(await countRows('run_events_other')).toBe(2)
    expect(await restricted.runs.readLog(common, -1, 10)).toHaveLength(3)
    clock.advance(3 * day)
    expect(await restricted.prune?.()).toMatchObject({ logDays: 0, logs: 1 })
    expect(await restricted.runs.readLog(dropped, -1, 10)).toEqual([])
    clock.advance(5 * day)
    expect(await restricted.prune?.()).toMatchObject({ logDays: 0, logs: 1 })
    expect(await countRows('run_events')).toBe(0)
  })

  it('stores without the option keep every log', async () => {
    const id = await endedRun()
    clock.advance(1_000 * day)
    const keeping = clockedStores(sql, clock, { schema, daysAhead: 0 })
    const pruned = await keeping.prune?.()
    expect(pruned).not.toHaveProperty('logDays')
    expect(await keeping.runs.readLog(id, -1, 10)).toHaveLength(3)
  })

  it('prune of sharded stores drops the days of each shard', async () => {
    const retention = { logs: 7 * day }
    const names = [`${schema}_a`, `${schema}_b`]
    const shards = names.map((schema) => clockedStores(sql, clock, { schema, retention }))
    const sharded = shardedStores(shards)
    await sharded.ready?.()
    const found = []
    for (let index = 0; index < 8; index++) found.push(await endedRun(newId(), sharded))
    clock.advance(9 * day)
    expect(await sharded.prune?.()).toMatchObject({ logDays: 2, logs: 0 })
    for (const id of found) {
      expect(await sharded.runs.readLog(id, -1, 10)).toEqual([])
      expect(await sharded.runs.get('', id)).toMatchObject({ status: 'succeeded' })
    }
  })

  it('no entry of an open run is lost while its day is dropped under the hands of its owner', async () => {
    const seed = Number(process.env['DROP_SEED'] ?? Math.floor(Math.random() * 1e6))
    console.log(`DROP_SEED=${seed}`)
    const random = createRandom(seed)
    const refs = []
    for (let index = 0; index < 12; index++) {
      refs.push(await startRun(stores, { id: newId() }, 100 * day))
    }
    await advance(9 * day)
    let isDropped = false
    const work = refs.map(async (ref, index) => {
      let seq = 0
      for (let round = 0; round < 40 || !isDropped; round++) {
        const entries = logEntries(seq, random.between(1, 4))
        await stores.runs.commit(ref, { entries })
        seq += entries.length
      }
      const ends = index % 3 === 0
      if (ends) await stores.runs.commit(ref, { entries: logEntries(seq, 1), release: succeed })
      return { id: ref.runId, ends, seq }
    })
    let logDays = 0
    // each attempt may find the log in use
    for (let attempt = 0; attempt < 50 && logDays < 2; attempt++) {
      logDays += (await stores.prune?.())?.logDays ?? 0
    }
    isDropped = true
    const written = await Promise.all(work)
    expect(logDays).toBe(2)
    for (const { id, ends, seq } of written) {
      const read = await stores.runs.readLog(id, -1, 10_000)
      expect(read).toEqual(logEntries(0, ends ? seq + 1 : seq))
    }
    expect(await stores.prune?.()).toMatchObject({ logs: 4 })
    expect(await Promise.all(written.map(({ id }) => stores.runs.readLog(id, -1, 1)))).toEqual(
      written.map(({ ends }) => (ends ? [] : logEntries(0, 1))),
    )
  })

  it('a retention or a number of days that is none is refused by name', () => {
    expect(() => postgresStores(sql, { retention: { logs: -1 } })).toThrow('retention.logs')
    expect(() => postgresStores(sql, { daysAhead: 1.5 })).toThrow('daysAhead')
    expect(() => postgresStores(sql, { daysAhead: 400 })).toThrow('from 0 to 366')
  })
})
