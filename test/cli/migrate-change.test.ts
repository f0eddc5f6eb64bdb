import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { serve } from '../../src/adapters/node.ts'
import { type Migrator, sqlMigrator } from '../../src/postgres.ts'
import { runCli } from '../support/cli.ts'
import { addPhone, createCodegenStudio, createShop } from '../support/codegen.ts'
import { withPostgres } from '../support/postgres.ts'
import { createFolder, type TestFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

const dropNote = { op: 'drop_column', schema: 'shop', table: 'orders', column: 'note' }
const addIndex = { op: 'add_index', schema: 'shop', table: 'orders', columns: ['phone'] }

/** Serves a studio that may run migrations, and previews changes of the model. */
async function open(changes: readonly object[], migrator: Migrator | null = sqlMigrator(sql)) {
  const studio = await createCodegenStudio(folder, sql, {
    allow: ['ai_codegen', 'apply_migrations'],
    changes: { approve: 'never', ...(migrator ? { migrator } : {}) },
  })
  const shown = await studio.propose(...changes)
  const { url, close } = await serve(studio.studio, { port: 0, log: false, handleSignals: false })
  onTestFinished(close)
  const run = (args: string[], terminal: Parameters<typeof runCli>[2] = {}) =>
    runCli(['change', ...args], { STUDIO_URL: url }, terminal)
  const apply = () => run(['apply', shown.id, '--yes'])
  return { ...shown, run, apply, studio }
}

const answering = (answer: string) => {
  const questions: string[] = []
  const ask = async (question: string) => {
    questions.push(question)
    return answer
  }
  return { questions, ask }
}

const hasPhone = async () =>
  (
    await sql`select 1 from pg_attribute where attrelid = 'shop.orders'::regclass and attname = 'phone'`
  ).length > 0

describe('fetch-studio change migrate', () => {
  it('runs the migration of an applied change set, and takes it back', async () => {
    const { id, run, apply } = await open([addPhone])
    expect(await run(['migrate', id, '--yes'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('change apply'),
    })
    expect(await apply()).toMatchObject({ code: 0 })
    expect(await run(['migrate', id, '--yes', '--down'])).toMatchObject({ code: 3 })
    const done = await run(['migrate', id, '--yes'])
    expect(done).toMatchObject({
      code: 0,
      printed: expect.stringContaining('has run, and the database is as predicted'),
    })
    expect(await hasPhone()).toBe(true)
    expect((await run(['show', id])).printed).toMatch(/^Database {2}has run/m)
    expect(await run(['migrate', id, '--yes'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('change migrate <id> --down'),
    })
    expect(await run(['rollback', id, '--yes'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('Take the migration back first'),
    })
    const { ask, questions } = answering('y')
    expect(await run(['migrate', id, '--down'], { ask })).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/Way back\n.*drop column.*was taken back/is),
    })
    expect(questions).toEqual([expect.stringContaining('Take back this migration')])
    expect(await hasPhone()).toBe(false)
    expect(await run(['rollback', id, '--yes'])).toMatchObject({ code: 0 })
  })

  it('asks on a terminal with the strongest lock and what it takes away, and does nothing without a yes', async () => {
    const { id, digest, run, apply } = await open([dropNote, addPhone, addIndex])
    await apply()
    const { ask, questions } = answering('n')
    expect(await run(['migrate', id], { ask })).toMatchObject({ code: 4 })
    expect(questions).toEqual([
      expect.stringMatching(
        new RegExp(
          `Run these migrations in the database, strongest lock ACCESS EXCLUSIVE, takes away: .*note.*digest ${digest}\\? y/N`,
        ),
      ),
    ])
    expect(await run(['migrate', id])).toMatchObject({ code: 2 })
    expect(await run(['migrate', id, '--yes', '--digest', '0'.repeat(64)])).toMatchObject({
      code: 3,
    })
    expect(await hasPhone()).toBe(false)
    expect(await run(['migrate', id, '--yes', '--digest', digest])).toMatchObject({ code: 0 })
    expect(await run(['migrate', id, '--yes', '--down'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('restore a backup'),
    })
  })

  it('says why a migration failed, and exits with 1 for it and for a database that is not as predicted', async () => {
    const own = sqlMigrator(sql)
    let isIdle = true
    const odd: Migrator = {
      ...own,
      async up(job, signal) {
        if (isIdle) return
        await own.up(job, signal)
        await sql.unsafe('create index surprise on shop.orders (amount)')
      },
    }
    const { id, run, apply } = await open([addPhone], odd)
    await apply()
    expect(await run(['migrate', id, '--yes'])).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/0 of 1 migration .*the same command/s),
    })
    expect((await run(['show', id])).printed).toMatch(
      /^Database {2}failed: the history of the tool has 0 of 1 migration/m,
    )
    isIdle = false
    const drifted = await run(['migrate', id, '--yes'], { hasColors: true })
    expect(drifted).toMatchObject({ code: 1 })
    expect(drifted.printed).toContain('\u001b[31m  ! The structure of the database differs')
  })

  it('exits with 1 where the Studio runs no migrations, and with 2 for --down without migrate', async () => {
    const { id, run, apply } = await open([addPhone], null)
    await apply()
    expect(await run(['migrate', id, '--yes'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('run migrations'),
    })
    expect(await run(['show', id, '--down'])).toMatchObject({ code: 2 })
  })
})

describe('fetch-studio change show', () => {
  it('prints the migration: what it takes away, its proof, and each statement with what it costs', async () => {
    await sql`insert into shop.customers (name) values ('Ada')`
    await sql`insert into shop.orders (customer, note) values (1, 'x')`
    const { id, run } = await open([dropNote, addPhone, addIndex])
    const { printed } = await run(['show', id])
    const order = [
      'Takes away',
      'Migration',
      'Tool      sql, app shop',
      'Proof     not tried: ',
      'Way back  none',
      'Database  Studio has not run it',
      'statements',
      'lock ACCESS EXCLUSIVE',
      'outside a transaction',
      '--- ',
      'History',
    ]
    const places = order.map((text) => printed.indexOf(text))
    expect(places.filter((place) => place < 0)).toEqual([])
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(printed).toMatch(/! .*note.*1 row/)
  })
})
