import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { createRandom } from '../../campaigns/random.ts'
import { createArchive, dayMs, readAll } from '../../support/archived-logs.ts'
import { withPostgres } from '../../support/postgres.ts'
import { logEntries, startRun, succeed } from '../../support/records.ts'
import { clockedStores } from '../../support/postgres-stores.ts'

const postgres = withPostgres()
let sql: Sql
beforeAll(async () => void ({ sql } = await postgres.createDatabase()))

it('no entry is lost while two instances archive and drop the days of runs that are written, end, or have ended', async () => {
  const seed = Number(process.env['ARCHIVE_SEED'] ?? Math.floor(Math.random() * 1e6))
  console.log(`ARCHIVE_SEED=${seed}`)
  const random = createRandom(seed)
  const archive = createArchive(sql)
  const { clock, schema, stores, over, inner, countRows, newId, endRun } = archive
  const lengths = new Map<string, number>()
  for (let run = 0; run < 30; run++) lengths.set(await endRun(), 3)
  const refs = []
  for (let run = 0; run < 16; run++) {
    refs.push(await startRun(stores, { id: newId() }, 100 * dayMs))
  }
  clock.advance(9 * dayMs)
  const retention = { logs: 7 * dayMs }
  const instances = [
    over(inner),
    over(clockedStores(sql, clock, { schema, retention, daysAhead: 2 })),
  ]
  let isDropped = false
  const work = refs.map(async (ref, index) => {
    let seq = 0
    const most = random.between(1, 40) // some end while their day is archived
    const isOver = () => (index % 2 === 0 ? seq > most : isDropped && seq > most)
    while (!isOver()) {
      const entries = logEntries(seq, random.between(1, 4))
      await stores.runs.commit(ref, { entries })
      seq += entries.length
    }
    await stores.runs.commit(ref, { entries: logEntries(seq, 1), release: succeed })
    lengths.set(ref.runId, seq + 1)
  })
  let logDays = 0
  // each attempt may find the log in use
  for (let attempt = 0; attempt < 50 && logDays < 2; attempt++) {
    const pruned = await Promise.all(instances.map((one) => one.prune?.()))
    logDays += pruned.reduce((sum, one) => sum + (one?.logDays ?? 0), 0)
  }
  isDropped = true
  await Promise.all(work)
  expect(logDays).toBe(2)
  for (const [id, length] of lengths) {
    expect(await readAll(stores, id)).toEqual(logEntries(0, length))
  }
  await stores.prune?.()
  expect(await countRows()).toBe(0)
  for (const [id, length] of lengths) {
    expect(await readAll(over(inner), id)).toEqual(logEntries(0, length))
  }
})
