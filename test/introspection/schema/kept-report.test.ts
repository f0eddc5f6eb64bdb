import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { defineProject } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { createTestStudio } from '../../support/project.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

let sql: Sql
beforeAll(async () => {
  ;({ sql } = await createSharedDatabase())
  await sql.unsafe('create table notes (id int, body text)')
})
afterAll(() => sql.end())

/** A studio with a clock to move, and a database that can go away. */
function createStudio() {
  const state = { now: 1_700_000_000_000, isAway: false, statements: 0 }
  const database = postgresDatabase(sql)
  const { send } = createTestStudio({
    project: defineProject({ name: 'N', apps: [{ label: 'n', models: databaseModels() }] }),
    clock: { now: () => state.now },
    snapshotMaxAgeMs: 1_000,
    database: {
      ...database,
      ping: (signal) => (state.isAway ? Promise.reject(new Error('gone')) : database.ping(signal)),
      read(selects, signal) {
        if ('version' in selects) state.statements++
        return database.read(selects, signal)
      },
    },
  })
  const read = async (etag = '', path = '/ai/schema/health') => {
    const response = await send(path, { 'if-none-match': etag })
    const text = await response.text()
    return { status: response.status, text, etag: response.headers.get('etag') ?? '' }
  }
  return { state, read }
}

it('a report of schema health serves many requests, for as long as it is young', async () => {
  const { state, read } = createStudio()
  await read()
  state.now += 60_000 // a small catalog has its fingerprint from its second read on
  await read()
  state.now += 60_000
  state.statements = 0
  const [first, same] = await Promise.all([read(), read()])
  expect(first.text).toBe(same.text)
  expect((await read(first.etag)).status).toBe(304)
  expect(state.statements).toBe(1)
  await read('', '/ai/schema/health?preset=all')
  expect(state.statements).toBe(2) // other rules are another report

  state.now += 9_000
  expect((await read()).text).toBe(first.text)
  state.now += 2_000
  const later = await read()
  expect(later.text).not.toBe(first.text) // another time of inspection
  expect(later.etag).toBe(first.etag) // and the same findings
  expect(state.statements).toBe(3)
})

it('a report of schema health never hides that the database is away, nor a change of the schema', async () => {
  const { state, read } = createStudio()
  const before = await read()
  expect(before.text).toContain('no-primary-key')
  state.isAway = true
  const away = await read(before.etag)
  expect(away.status).toBe(200)
  expect(away.text).toContain('system.catalog.unreadable')
  state.isAway = false
  expect((await read()).text).toBe(before.text)
  await sql.unsafe('alter table notes add primary key (id)')
  state.now += 6_000
  expect((await read(before.etag)).text).not.toContain('no-primary-key')
})
