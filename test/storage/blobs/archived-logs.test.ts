import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { shardedStores } from '../../../src/postgres.ts'
import { keyOfLog } from '../../../src/storage/blobs/keys.ts'
import { blobsUnavailable } from '../../../src/storage/blobs/failures.ts'
import { createArchive, dayMs, endedRun, readAll } from '../../support/archived-logs.ts'
import { clockedStores, openAsWriter } from '../../support/postgres-stores.ts'
import { withPostgres } from '../../support/postgres.ts'
import { uuidAt } from '../../support/uuid-at.ts'
import { logEntries, newSession, startRun, succeed } from '../../support/records.ts'

const postgres = withPostgres()
let sql: Sql
beforeAll(async () => void ({ sql } = await postgres.createDatabase()))

const damaged = { code: 'unavailable', details: { payload: 'damaged' } }
const entry = (seq: number, length: number) => {
  return { seq, type: 'x', json: JSON.stringify({ type: 'x', text: 'é'.repeat(length), seq }) }
}

describe('archived logs', () => {
  it('are read as before their day was dropped, in any pages, with their large entries', async () => {
    const { clock, stores, calls, countRows, endRun } = createArchive(sql, { minBytes: 1_000 })
    const entries = [...logEntries(0, 300), entry(300, 5_000), ...logEntries(301, 20)]
    const runId = await endRun({}, entries)
    const short = await endRun()
    clock.advance(9 * dayMs)
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, logs: 0, archivedLogs: 2 })
    expect(await countRows()).toBe(0)
    expect(await readAll(stores, runId)).toEqual(entries)
    expect(await readAll(stores, runId, 7)).toEqual(entries)
    expect(await stores.runs.readLog(runId, 299, 2)).toEqual(entries.slice(300, 302))
    expect(await stores.runs.readLog(runId, 320, 5)).toEqual([])
    expect(await stores.runs.readLog(runId, 5_000, 5)).toEqual([])
    expect(await readAll(stores, short)).toEqual(logEntries(0, 3))
    expect(await stores.runs.readLog('none', -1, 5)).toEqual([])
    expect(calls.gets.filter((key) => key === keyOfLog(runId))).toHaveLength(1)
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0, archivedLogs: 0 })
  })

  it('are written only with the option, and read without it', async () => {
    const { clock, calls, stores: plain, endRun } = createArchive(sql, { archiveLogs: false })
    const lost = await endRun()
    clock.advance(9 * dayMs)
    const pruned = await plain.prune?.()
    expect(pruned).toMatchObject({ logDays: 2 })
    expect(pruned).not.toHaveProperty('archivedLogs')
    expect(calls.puts).toEqual([])
    expect(await readAll(plain, lost)).toEqual([])
    const archive = createArchive(sql)
    const runId = await archive.endRun()
    archive.clock.advance(9 * dayMs)
    expect(await archive.stores.prune?.()).toMatchObject({ archivedLogs: 1 })
    const later = archive.over(archive.inner, { archiveLogs: false })
    expect(await readAll(later, runId)).toEqual(logEntries(0, 3))
  })

  it('share one read of their blob between readers at the same time, and the last 32 stay in memory', async () => {
    const { clock, stores, calls, endRun } = createArchive(sql)
    const ids: string[] = []
    for (let run = 0; run < 33; run++) ids.push(await endRun())
    clock.advance(9 * dayMs)
    await stores.prune?.()
    const [first = '', second = ''] = ids
    await Promise.all(Array.from({ length: 8 }, () => readAll(stores, first, 1)))
    expect(calls.gets.filter((key) => key === keyOfLog(first))).toHaveLength(1)
    for (const id of ids) await readAll(stores, id)
    calls.gets.length = 0
    for (const id of [...ids.slice(-10), second]) await readAll(stores, id)
    expect(calls.gets).toEqual([])
    await readAll(stores, first)
    expect(calls.gets).toEqual([keyOfLog(first)])
  })

  it('that are larger than what is read together are whole, as are many small ones', async () => {
    const { clock, schema, stores, calls, hooks, endRun } = createArchive(sql, { minBytes: 1e9 })
    const large = Array.from({ length: 40 }, (_, seq) => entry(seq, 300_000))
    const runId = await endRun({}, large.slice(0, 1))
    const rows = large.slice(1).map(({ seq, json }) => ({ seq, json }))
    for (const { seq, json } of rows) {
      await sql`insert into ${sql(schema)}.run_events (run_id, first_seq, last_seq, lines, day)
        select run_id, ${seq}, ${seq}, ${json}, day from ${sql(schema)}.run_events where run_id = ${runId} limit 1`
    }
    await sql`update ${sql(schema)}.runs set next_seq = 40 where id = ${runId}`
    const ids = Array.from({ length: 250 }, () => uuidAt(clock.now()))
    await sql.unsafe(`insert into ${schema}.runs (id, tenant, agent_id, trace_id, status, created_at, ended_at, input, usage, next_seq)
      select n, tenant, agent_id, n, 'succeeded', created_at, ended_at, input, usage, 1
      from ${schema}.runs cross join unnest('{${ids.join(',')}}'::text[]) n where id = '${runId}'`)
    await sql.unsafe(`insert into ${schema}.run_events (run_id, first_seq, last_seq, lines, day)
      select n, 0, 0, '{"type":"x","run":"' || n || '"}', ${schema}.run_day(n) from unnest('{${ids.join(',')}}'::text[]) n`)
    clock.advance(9 * dayMs)
    let now = 0
    let most = 0
    hooks.put = async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      now--
    }
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, archivedLogs: 251 })
    expect(most).toBe(16)
    expect(new Set(calls.puts)).toEqual(new Set([runId, ...ids].map(keyOfLog)))
    expect(await readAll(stores, runId)).toEqual(large)
    for (const id of [ids[0], ids[249]]) {
      const json = `{"type":"x","run":"${id}"}`
      expect(await readAll(stores, id ?? '')).toEqual([{ seq: 0, type: 'x', json }])
    }
  })

  it('keep every entry of a run that ends while its day is archived', async () => {
    const { clock, stores, inner, hooks, countRows, newId, endRun } = createArchive(sql)
    const before = await startRun(stores, { id: newId() }, 100 * dayMs)
    await stores.runs.commit(before, { entries: logEntries(0, 2) })
    await endRun()
    const after = await startRun(stores, { id: newId() }, 100 * dayMs)
    await stores.runs.commit(after, { entries: logEntries(0, 2) })
    const open = await startRun(stores, { id: newId() }, 100 * dayMs)
    clock.advance(9 * dayMs)
    let isEnded = false
    hooks.put = async () => {
      if (isEnded) return
      isEnded = true
      for (const ref of [before, after]) {
        await inner.runs.commit(ref, { entries: logEntries(2, 1) })
        await inner.runs.commit(ref, { entries: logEntries(3, 1), release: succeed })
      }
      await inner.runs.commit(open, { entries: logEntries(0, 3) })
      expect(await countRows('day > 0')).toBeGreaterThan(0)
    }
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, logs: 2 })
    for (const { runId } of [before, after]) {
      expect(await readAll(stores, runId)).toEqual(logEntries(0, 4))
    }
    expect(await readAll(stores, open.runId)).toEqual(logEntries(0, 3))
    await stores.runs.commit(open, { entries: logEntries(3, 1), release: succeed })
    expect(await stores.prune?.()).toMatchObject({ logs: 1, archivedLogs: 1 })
    expect(await countRows()).toBe(0)
    expect(await readAll(stores, open.runId)).toEqual(logEntries(0, 4))
  })

  it('are not replaced by what is left of a log, and fill what it lacks', async () => {
    const { clock, schema, stores, calls, countRows, newId } = createArchive(sql)
    const ref = await startRun(stores, { id: newId() })
    await stores.runs.commit(ref, { entries: logEntries(0, 3) })
    await sql.unsafe(`update ${schema}.run_events set day = 0`) // as for an open run whose day was busy
    await stores.runs.commit(ref, { entries: logEntries(3, 2), release: succeed })
    clock.advance(9 * dayMs)
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, logs: 1, archivedLogs: 1 })
    const { runId } = ref
    expect(await readAll(stores, runId)).toEqual(logEntries(0, 5))
    for (const seqs of [
      [0, 1],
      [3, 4],
      [2, 2],
    ] as const) {
      const lines = logEntries(seqs[0], seqs[1] - seqs[0] + 1).map(({ json }) => json)
      await sql`insert into ${sql(schema)}.run_events (run_id, first_seq, last_seq, lines)
        values (${runId}, ${seqs[0]}, ${seqs[1]}, ${lines.join('\n')})`
      expect(await readAll(stores, runId)).toEqual(logEntries(0, 5))
      expect(await readAll(stores, runId, 2)).toEqual(logEntries(0, 5))
      calls.puts.length = 0
      expect(await stores.prune?.()).toMatchObject({ logs: 1, archivedLogs: 0 })
      expect(calls.puts).toEqual([])
      expect(await countRows()).toBe(0)
    }
  })

  it('that cannot be written leave everything in the rows, and the next call of prune goes on', async () => {
    const { clock, stores, hooks, countRows, endRun } = createArchive(sql)
    const ids = [await endRun(), await endRun(), await endRun({ id: `untimed-${Math.random()}` })]
    clock.advance(9 * dayMs)
    let puts = 0
    hooks.put = async () => {
      if (++puts > 1) throw blobsUnavailable('The bucket is not available')
    }
    await expect(stores.prune?.()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await countRows()).toBe(6)
    puts = 0
    hooks.put = async () => {
      if (++puts > 2) throw blobsUnavailable('The bucket is not available')
    }
    // the day is dropped, and the log of the third run stays
    await expect(stores.prune?.()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await countRows()).toBe(2)
    for (const id of ids) expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
    delete hooks.put
    expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 1, archivedLogs: 1 })
    for (const id of ids) expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
  })

  it('are not written again by the call that goes on with a day', async () => {
    const { clock, stores, calls, hooks, endRun } = createArchive(sql)
    const ids: string[] = []
    for (let run = 0; run < 120; run++) ids.push(await endRun())
    clock.advance(9 * dayMs)
    hooks.put = async (key) => {
      if (key === keyOfLog(ids[110] ?? '')) throw blobsUnavailable('The bucket is not available')
    }
    await expect(stores.prune?.()).rejects.toMatchObject({ code: 'unavailable' })
    delete hooks.put
    calls.puts.length = 0
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, archivedLogs: 20 })
    expect(new Set(calls.puts)).toEqual(new Set(ids.slice(100).map(keyOfLog)))
    for (const id of ids) expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
  })

  it('are not written for a day that another transaction uses', async () => {
    const { clock, schema, stores, calls, endRun } = createArchive(sql)
    const id = await endRun()
    clock.advance(9 * dayMs)
    await sql.begin(async (transaction) => {
      await transaction.unsafe(`select count(*) from ${schema}.run_events where day = 1`)
      expect(await stores.prune?.()).toMatchObject({ logDays: 0, logs: 0, archivedLogs: 0 })
    })
    expect(calls.puts).toEqual([])
    expect(await stores.prune?.()).toMatchObject({ logDays: 2, archivedLogs: 1 })
    expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
  })

  it('that are damaged, cut or of another run are refused', async () => {
    const { clock, kept, inner, stores, over, endRun } = createArchive(sql)
    const runId = await endRun()
    const other = await endRun()
    clock.advance(9 * dayMs)
    await stores.prune?.()
    const key = keyOfLog(runId)
    const whole = (await kept.get(key)) ?? new Uint8Array()
    const flipped = whole.slice()
    flipped.set([(flipped[40] ?? 0) ^ 1], 40)
    const text = (value: string) => new TextEncoder().encode(value)
    const blobs = [
      flipped,
      whole.slice(0, -20),
      whole.slice(0, 3),
      new Uint8Array(),
      text('{"log":1}'),
      text('null\n'),
      text(`{"log":1,"runId":"${runId}","entries":1,"sha256":"${'0'.repeat(64)}"}\nx`),
      (await kept.get(keyOfLog(other))) ?? new Uint8Array(),
    ]
    for (const bytes of blobs) {
      await kept.put(key, bytes)
      await expect(over(inner).runs.readLog(runId, -1, 10)).rejects.toMatchObject(damaged)
    }
    await kept.put(key, whole)
    expect(await readAll(over(inner), runId)).toEqual(logEntries(0, 3))
  })

  it('are deleted with their run or session', async () => {
    const retention = { logs: 7 * dayMs, runs: 30 * dayMs }
    const { clock, kept, stores, endRun } = createArchive(sql, {}, { retention })
    const { id: sessionId } = await stores.sessions.create(newSession())
    const talked = await endRun({ sessionId })
    const runId = await endRun()
    clock.advance(9 * dayMs)
    await stores.prune?.()
    const keys = async () => (await kept.list('runs/', null)).items.map(({ key }) => key)
    expect((await keys()).sort()).toEqual([keyOfLog(talked), keyOfLog(runId)].sort())
    expect(await readAll(stores, talked)).toHaveLength(3)
    expect(await stores.sessions.delete('', sessionId)).toBe(true)
    expect(await keys()).toEqual([keyOfLog(runId)])
    expect(await readAll(stores, talked)).toEqual([]) // although it is in memory
    clock.advance(30 * dayMs)
    expect(await stores.prune?.()).toMatchObject({ runs: 1, blobs: 1 })
    expect(await keys()).toEqual([])
  })

  it('are written before a role that may not drop days deletes from them', async () => {
    const { clock, schema, stores, over, countRows, newId, endRun } = createArchive(sql)
    const own = await endRun()
    const app = await openAsWriter(postgres, sql, schema)
    const options = { schema, retention: { logs: 7 * dayMs } }
    const restricted = over(clockedStores(app, clock, options))
    clock.advance(5 * dayMs)
    const common = await endedRun(restricted, { id: newId() })
    const queued = await startRun(restricted, { id: newId() })
    await restricted.runs.commit(queued, { entries: logEntries(0, 1), release: { to: 'yield' } })
    clock.advance(9 * dayMs)
    expect(await restricted.prune?.()).toMatchObject({ logDays: 0, logs: 2, archivedLogs: 2 })
    expect(await countRows()).toBe(1)
    for (const id of [own, common]) expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
    expect(await readAll(stores, queued.runId)).toEqual(logEntries(0, 1))
  })

  it('of sharded stores come from each shard, and one that cannot be written fails the call', async () => {
    const { clock, schema, kept, hooks, over, newId } = createArchive(sql)
    const options = { retention: { logs: 7 * dayMs } }
    const shards = ['a', 'b'].map((name) =>
      clockedStores(sql, clock, { schema: `${schema}_${name}`, ...options }),
    )
    const stores = over(shardedStores(shards))
    await stores.ready?.()
    const ids: string[] = []
    for (let run = 0; run < 12; run++) ids.push(await endedRun(stores, { id: newId() }))
    clock.advance(9 * dayMs)
    let failed = ''
    hooks.put = async (key) => {
      failed ||= key
      if (key === failed) throw blobsUnavailable('The bucket is not available')
    }
    await expect(stores.prune?.()).rejects.toMatchObject({ code: 'unavailable' })
    for (const id of ids) expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
    delete hooks.put
    expect(await stores.prune?.()).toMatchObject({ logDays: 1 })
    expect((await kept.list('runs/', null)).items).toHaveLength(12)
    for (const id of ids) expect(await readAll(stores, id)).toEqual(logEntries(0, 3))
  })

  it('are written whole by a runtime that cannot compress, and refused plainly by one that cannot decompress', async () => {
    const archives = [createArchive(sql), createArchive(sql)] as const
    const [compressed, plain] = await Promise.all(archives.map(({ endRun }) => endRun()))
    const [first, second] = archives
    for (const { clock } of archives) clock.advance(9 * dayMs)
    await first.stores.prune?.()
    vi.stubGlobal('CompressionStream', undefined)
    vi.stubGlobal('DecompressionStream', undefined)
    try {
      await second.stores.prune?.()
      const bytes = await second.kept.get(keyOfLog(plain ?? ''))
      const [, ...lines] = new TextDecoder().decode(bytes ?? undefined).split('\n')
      expect(lines).toEqual(logEntries(0, 3).map(({ json }) => json))
      expect(await readAll(second.stores, plain ?? '')).toEqual(logEntries(0, 3))
      await expect(first.stores.runs.readLog(compressed ?? '', -1, 10)).rejects.toMatchObject({
        code: 'unavailable',
        message: 'This runtime cannot decompress archived logs',
      })
    } finally {
      vi.unstubAllGlobals()
    }
    expect(await readAll(first.stores, compressed ?? '')).toEqual(logEntries(0, 3))
  })

  it('come whole to an archive around stores with blobs', async () => {
    const { clock, stores, endRun } = createArchive(sql, { minBytes: 500, archiveLogs: false })
    const entries = [entry(0, 1_000), entry(1, 3)]
    const runId = await endRun({}, entries)
    clock.advance(9 * dayMs)
    const kept = new Map<string, unknown>()
    const keep = async (id: string, log: unknown) => void kept.set(id, log)
    expect(await stores.prune?.({ keep })).toMatchObject({ archivedLogs: 1 })
    expect(kept).toEqual(new Map([[runId, entries]]))
  })
})
