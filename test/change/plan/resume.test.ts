import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Migrator, sqlMigrator } from '../../../src/postgres.ts'
import { createShop } from '../../support/codegen.ts'
import { createGate } from '../../support/agents.ts'
import { createPlanStudio, type PlanAnswer, stepOf, wholePlan } from '../../support/plans.ts'
import { eventually } from '../../support/studio.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createFolder, type Shown, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 2 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
  return () => sql.end({ timeout: 1 })
})

const history = async () =>
  (await sql`select name from aksara_migrations order by id`).map(({ name }) => String(name))

/** A migrator that fails while `broken` is true. */
function createMigrator() {
  const own = sqlMigrator(sql)
  const state = { broken: true }
  const migrator: Migrator = {
    ...own,
    up: (job, signal) => (state.broken ? Promise.reject(new Error('no')) : own.up(job, signal)),
  }
  return { state, migrator }
}

const files = ['b_column', 'c_index', 'd_file', 'e_file']
/** A check that fails until a customer is there. */
const withCustomer = [
  ...wholePlan.filter(({ id }) => id < 'g'),
  stepOf(
    'g_customer',
    'run_query_check',
    { plan: { model: 'Customer', select_fields: ['name'] }, expect: { count: 0 } },
    'f_run',
  ),
]
const addCustomer = () => sql`insert into shop.customers (name) values ('ada')`

const done = (answer: { readonly body: unknown }) => {
  const { success, applied, rolled_back, stands } = answer.body as PlanAnswer
  return { success, applied, rolled_back, stands }
}

describe('a plan that fails', () => {
  it('stops when its migration fails, and goes on with the migration when it is sent again', async () => {
    const { state, migrator } = createMigrator()
    const studio = await createPlanStudio(folder, sql, { migrator })
    const shown = await studio.propose(wholePlan)
    const failed = await studio.apply(shown)
    expect(failed.status).toBe(200)
    expect(done(failed)).toEqual({ success: false, applied: files, rolled_back: [], stands: files })
    const { steps } = failed.body as PlanAnswer
    expect(steps.map(({ id }) => id)).toEqual([...files, 'f_run'])
    expect(steps.at(-1)).toMatchObject({ success: false, error: expect.stringContaining('failed') })
    expect(await history()).toEqual(['0001_start'])
    state.broken = false
    const again = await studio.apply(shown)
    expect(done(again)).toMatchObject({ success: true, stands: [...files, 'f_run'] })
    expect(await history()).toHaveLength(3)
  })

  it('stops when a check fails, and repeats only the checks when it is sent again', async () => {
    const studio = await createPlanStudio(folder, sql)
    const shown = await studio.propose(withCustomer)
    await addCustomer()
    const failed = await studio.apply(shown)
    expect(done(failed)).toMatchObject({ success: false, stands: [...files, 'f_run'] })
    await sql`delete from shop.customers`
    expect(done(await studio.apply(shown))).toMatchObject({ success: true })
    const { body } = await studio.get(`/ai/changes/${shown.id}`)
    const types = (body as { events: { type: string }[] }).events.map(({ type }) => type)
    expect(types).toEqual([
      'previewed',
      'plan_started',
      'apply_started',
      'applied',
      'migration_started',
      'migrated',
      'plan_failed',
      'plan_started',
      'plan_completed',
    ])
  })

  it('goes on from files that were written, and a migration that was run, by other calls', async () => {
    const studio = await createPlanStudio(folder, sql)
    const shown = await studio.propose(wholePlan)
    const body = { expected_digest: shown.digest }
    for (const step of ['apply', 'migrate']) {
      const path = `/ai/changes/${shown.id}/${step}`
      expect(await studio.post(path, body, studio.confirmed)).toMatchObject({ status: 200 })
    }
    expect(done(await studio.apply(shown))).toMatchObject({ success: true })
    expect(await history()).toHaveLength(3)
  })
})

describe('a plan whose process ends while its migration runs', () => {
  it('is taken over by another process, which does the rest', async () => {
    const { opened, open } = createGate()
    const stuck: Migrator = { ...sqlMigrator(sql), up: () => opened }
    const lost = await createPlanStudio(folder, sql, { migrator: stuck })
    const shown = await lost.propose(wholePlan)
    const answer = lost.apply(shown)
    await eventually(async () => {
      expect(await lost.get(`/ai/changes/${shown.id}`)).toMatchObject({
        body: { status: 'migrating' },
      })
    })
    const { stores, clock } = lost
    const studio = await createPlanStudio(folder, sql, { stores, clock })
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'migrating' } } },
    })
    clock.advance(600_000)
    expect(done(await studio.apply(shown))).toMatchObject({ success: true })
    open()
    expect(await answer).toMatchObject({ status: 503 })
    expect(await history()).toHaveLength(3)
  })
})

describe('a plan that is to be rolled back', () => {
  const rollBack = { on_failure: 'roll_back' }
  const pristine = async () => ({ tree: await folder.tree(), history: await history() })

  it('takes its migration and then its files back when a check fails', async () => {
    const studio = await createPlanStudio(folder, sql)
    const before = await pristine()
    const shown = await studio.propose(withCustomer, rollBack)
    await addCustomer()
    const failed = await studio.apply(shown)
    expect(done(failed)).toEqual({
      success: false,
      applied: [...files, 'f_run'],
      rolled_back: [...files, 'f_run'],
      stands: [],
    })
    expect(await pristine()).toEqual(before)
    const { body } = await studio.get(`/ai/changes/${shown.id}`)
    const types = (body as { events: { type: string }[] }).events.map(({ type }) => type)
    expect(types.slice(-5)).toEqual([
      'plan_failed',
      'migration_started',
      'migration_reverted',
      'rollback_started',
      'rolled_back',
    ])
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'rolled_back' } } },
    })
  })

  it('takes its files back when its migration fails', async () => {
    const { migrator } = createMigrator()
    const studio = await createPlanStudio(folder, sql, { migrator })
    const before = await pristine()
    const failed = await studio.apply(await studio.propose(wholePlan, rollBack))
    expect(done(failed)).toEqual({
      success: false,
      applied: files,
      rolled_back: files,
      stands: [],
    })
    expect(await pristine()).toEqual(before)
  })

  it('says that everything stands when the migrator cannot take the migration back', async () => {
    const { down: _down, ...migrator } = sqlMigrator(sql)
    const studio = await createPlanStudio(folder, sql, { migrator })
    const shown = await studio.propose(withCustomer, rollBack)
    await addCustomer()
    const failed = await studio.apply(shown)
    const all = [...files, 'f_run']
    expect(done(failed)).toEqual({ success: false, applied: all, rolled_back: [], stands: all })
    expect(JSON.stringify(failed.body)).toContain('The rest stands')
    expect(await history()).toHaveLength(3)
  })

  it('says that the files stand when one of them was edited meanwhile', async () => {
    const own = sqlMigrator(sql)
    const migrator: Migrator = {
      ...own,
      async down(job, signal) {
        await own.down?.(job, signal)
        await folder.write('src/phone.ts', 'mine\n')
      },
    }
    const studio = await createPlanStudio(folder, sql, { migrator })
    const shown: Shown = await studio.propose(withCustomer, rollBack)
    await addCustomer()
    const failed = await studio.apply(shown)
    expect(done(failed)).toEqual({
      success: false,
      applied: [...files, 'f_run'],
      rolled_back: ['f_run'],
      stands: files,
    })
    expect(await folder.read('src/phone.ts')).toBe('mine\n')
  })
})
